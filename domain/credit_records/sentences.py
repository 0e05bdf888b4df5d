"""The sentences of credit records' codes, in Chinese and English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "credit-subject-malformed": (
        "信用主体标识不正确。请填写统一社会信用代码，或者系统给出的当事人标识。",
        "The credit subject is not well-formed. Give a unified social credit code, or the "
        "reference that the system gave for a person.",
    ),
    "credit-subject-unclear": (
        "请说明信用主体。统一社会信用代码、公民身份号码、当事人标识三者填一项。",
        "Say who the subject is. Give the code, the resident id or the reference, one of the three.",
    ),
    "credit-list-unknown": (
        "没有这个名单。请使用名单目录中的代码。",
        "There is no such list. Use a code of the catalogue of lists.",
    ),
    "severity-mismatch": (
        "失信程度填写不正确。失信信息应填写轻微、一般或者严重，其他信息不填。",
        "The severity is not right. A negative record is minor, general or serious; others have "
        "none.",
    ),
    "listing-decision-unclear": (
        "决定文号填写不正确。列入须填写决定文号，不列入则不填。",
        "The decision's number is not right. A listing has one, a drop has none.",
    ),
    "correction-unclear": (
        "更正内容填写不正确。更正须说明内容，撤销则不填。",
        "The correction is not right. A correction says what it is, a withdrawal has none.",
    ),
    "serious-not-by-itself": (
        "严重失信不得自动认定。请由认定单位的工作人员作出决定。",
        "Nothing becomes serious by itself. Let an officer of the department decide.",
    ),
    "subject-unknown": (
        "没有这个信用主体。请先建立信用主体。",
        "There is no such credit subject. Open the subject first.",
    ),
    "subject-already-open": (
        "该信用主体已建立。无需再次建立。",
        "This credit subject is open already. It need not be opened again.",
    ),
    "subject-closed": (
        "该信用主体已注销。注销日期是{closed_on}，此后的决定不再归集。",
        "This credit subject is closed. It closed on {closed_on}; later decisions are not recorded.",
    ),
    "not-a-proxy": (
        "该人员不是代理人。请核对登录令牌中的编号。",
        "This person does not act for the subject. Compare the id with the token's.",
    ),
    "not-the-source": (
        "贵单位不是该目录事项的来源单位。请由目录规定的来源单位归集。",
        "Your department is not the source of this item. Leave it to the one that the catalogue "
        "names.",
    ),
    "unknown-item": (
        "目录中没有该事项。请使用决定作出之日有效的目录代码。",
        "The catalogue has no such item. Use a code that was in force on the day of the decision.",
    ),
    "item-not-collectable": (
        "法律禁止归集该类信息。宗教信仰、基因、指纹、血型、疾病和病史不得归集。",
        "The law forbids to collect this. Religion, genes, fingerprints, blood type and illness "
        "are never collected.",
    ),
    "kind-mismatch": (
        "信息类别与目录不符。请按目录填写正面、负面或者中性。",
        "The kind does not fit the catalogue. Give positive, negative or neutral as it has it.",
    ),
    "duplicate-source-record": (
        "该来源编号已用于另一条信息。重新报送应与原件一致，更正请走异议程序。",
        "This number of the source belongs to another record. A resend is the same as the first; "
        "corrections are made by an objection.",
    ),
    "minor-not-listable": (
        "未满十八周岁的人不得列入失信名单。请撤销告知。",
        "Nobody under eighteen is put on a black list. Do not give notice.",
    ),
    "ground-not-legal": (
        "该名单没有此项法定事由。请使用名单目录中的事由代码。",
        "The list does not know this ground. Use a ground of the catalogue of lists.",
    ),
    "already-listed": (
        "该主体已在此名单中，或者已告知拟列入。同一名单只能有一条有效记录。",
        "The subject stands on this list, or has notice of it. There is one live entry at a time.",
    ),
    "plea-term-over": (
        "陈述申辩期限已满。截止时间是{ended_at}。",
        "The time to plead is over. It ended at {ended_at}.",
    ),
    "plea-term-running": (
        "陈述申辩期限尚未届满。截止时间是{ends_at}。",
        "The subject may still plead. The time ends at {ends_at}.",
    ),
    "plea-unanswered": (
        "当事人的陈述申辩尚未答复。请在决定中答复。",
        "The plea has not been answered. Answer it with the decision.",
    ),
    "term-fixed-by-law": (
        "该名单的期限由法律规定。只有法院可以确定期限。",
        "The law fixes the term of this list. Only the court sets a term.",
    ),
    "not-publishable": (
        "该信息依法不予公示。轻微失信信息和中性信息原则上不公示。",
        "This record is not published. Minor and neutral ones are not, unless the law says so.",
    ),
    "publicity-over": (
        "最长公示期已满。期满时间是{ended_at}。",
        "The longest publicity is over. It ended at {ended_at}.",
    ),
    "blacklisted": (
        "该主体在失信名单中。正面信息不予公示。",
        "The subject stands on a black list. Nothing good of it is published meanwhile.",
    ),
    "objection-open": (
        "已有异议正在处理。请等待处理结果。",
        "An objection is being dealt with. Wait for its outcome.",
    ),
    "no-open-objection": (
        "没有待处理的异议。请核对记录编号。",
        "There is no objection to decide. Compare the id of the record.",
    ),
    "evidence-already-asked": (
        "已要求补充证据。请等待当事人提交。",
        "Evidence has been asked for. Wait until it comes.",
    ),
    "evidence-not-asked": (
        "没有要求补充证据。请在处理单位要求时提交。",
        "No evidence was asked for. Send it when the department asks.",
    ),
    "nothing-corrected": (
        "更正内容为空。请填写要更正的项目。",
        "Nothing is corrected. Name what is to be corrected.",
    ),
    "too-early": (
        "尚未满最短公示期。最早可于{earliest}申请修复。",
        "The shortest publicity is not over. Repair may be applied for from {earliest}.",
    ),
    "duty-outstanding": (
        "规定的义务尚未履行完毕。请履行后由认定单位登记。",
        "What the decision demands is not done. Do it and have it recorded by the department.",
    ),
    "no-duty-outstanding": (
        "没有待履行的义务。无需登记。",
        "Nothing is left to do. There is nothing to record.",
    ),
    "not-repairable": (
        "该信息不适用信用修复。请通过作出认定的单位处理。",
        "This record cannot be repaired. Turn to the department that made the decision.",
    ),
    "not-listed": (
        "该记录没有将主体列入失信名单。请核对记录编号。",
        "This record has its subject on no black list. Compare the id of the record.",
    ),
    "repair-barred": (
        "因虚假承诺，暂不得申请信用修复。期限至{until}。",
        "Repair is barred because of a false commitment. It is until {until}.",
    ),
    "commitment-missing": (
        "缺少信用承诺书。请签署后再申请。",
        "The commitment is not signed. Sign it and apply again.",
    ),
    "repair-already-accepted": (
        "修复申请已受理。请在期限内作出决定。",
        "The application has been accepted. Decide it within the time.",
    ),
    "measure-not-listed": (
        "该名单没有此项措施，或者不由贵单位实施。请使用名单中的措施代码。",
        "The list has no such measure for your department. Use a measure of the list.",
    ),
    "removal-not-expected": (
        "没有待该单位确认的撤除。单位是{department}。",
        "No removal is to be confirmed. The department is {department}.",
    ),
    "authorisation-too-long": (
        "授权期限不得超过一年。最晚可至{latest}。",
        "An authorisation lasts a year at most. The latest day is {latest}.",
    ),
    "authorisation-end-passed": (
        "授权截止日应不早于今天。请另选日期。",
        "An authorisation may not end before today. Choose another day.",
    ),
    "no-authorisation": (
        "没有有效的查询依据。请取得当事人授权，或者说明办理的案件。",
        "There is no valid basis for a report. Get the subject's authorisation, or name the case.",
    ),
    "purpose-not-allowed": (
        "查询目的与依据不符。请按授权或者案件的目的查询。",
        "The purpose is not that of the basis. Ask for the purpose that it was given for.",
    ),
    "out-of-scope": (
        "查询内容超出范围。请只查询授权或者职责范围内的内容。",
        "More was asked for than the basis covers. Ask for what lies within it.",
    ),
}
"""Code → Chinese, English."""
