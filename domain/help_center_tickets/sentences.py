"""The sentences of the help centre's codes, in Chinese and English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "text-empty": (
        "诉求内容为空。请写明要解决的问题。",
        "The text is empty. Say what has to be solved.",
    ),
    "attachment-too-big": (
        "附件过大。每个附件不超过20兆字节，最多九个。",
        "An attachment is too big. Each has at most 20 megabytes, and there are at most nine.",
    ),
    "no-danger-to-life": (
        "没有生命危险，不转紧急救援。请按普通诉求分类。",
        "There is no danger to life, so the emergency lines are not called. Classify the ticket.",
    ),
    "not-acknowledged": (
        "紧急救援尚未确认接收。尚未确认的是{services}。",
        "An emergency line has not acknowledged. Not yet acknowledged: {services}.",
    ),
    "unknown-item": (
        "服务目录中没有该事项。请核对事项代码{item}。",
        "The catalogue has no such service. Please check the code {item}.",
    ),
    "item-retired": (
        "该事项当日不提供。事项是{item}，日期是{on}。",
        "The service is not given on this day. The service is {item}, the day {on}.",
    ),
    "not-same-matter": (
        "两件诉求不是同一事项，不能合并。事项、区划和类型须一致，被并入的须尚在办理。",
        "The tickets are not about the same matter. Service, district and kind have to agree, and "
        "the other ticket has to be live.",
    ),
    "merge-too-late": (
        "两件诉求相隔超过72小时，不能合并。",
        "The tickets came more than 72 hours apart and cannot be merged.",
    ),
    "article-not-current": (
        "该知识条目不可使用。条目应当有效且属于同一事项。",
        "The article cannot be used. It has to be current and about the same service.",
    ),
    "company-not-admitted": (
        "该企业不是可派单的加盟企业。现在的状态是{state}。",
        "The company is no member in good standing. Its state is {state}.",
    ),
    "licence-expired": (
        "该企业的经营许可已过期。到期日是{expired_on}。",
        "The company's licence has run out. Its last day was {expired_on}.",
    ),
    "out-of-area": (
        "该企业不在该区提供此项服务。事项是{item}，区划是{district}。",
        "The company does not offer this service in this district. The service is {item}, the "
        "district {district}.",
    ),
    "company-full": (
        "该企业的在办工单已满。其容量是{capacity}。请改派其他企业。",
        "The company has as many tickets as it can carry. It carries {capacity}. Choose another.",
    ),
    "holder-is-accused": (
        "不得将投诉举报派给被投诉举报的一方处理。可以请其作出说明。",
        "Nobody judges a complaint about himself. Ask that side for a statement instead.",
    ),
    "holder-has-it": (
        "该工单已在此承办单位。",
        "The ticket is with this holder already.",
    ),
    "return-too-late": (
        "退单期限已过。最迟应在{until}退回。",
        "It is too late to return the ticket. It could be returned until {until}.",
    ),
    "return-spent": (
        "承办单位已经裁定，不得再退单。",
        "A supervisor has decided whose ticket it is. It cannot be returned any more.",
    ),
    "arbitration-needed": (
        "该工单已两次退回，须由督查部门裁定承办单位。",
        "The ticket was returned twice. A supervisor has to decide whose it is.",
    ),
    "nothing-to-arbitrate": (
        "该工单尚未两次退回，无须裁定。请直接派单。",
        "The ticket was not returned twice, so there is nothing to decide. Dispatch it.",
    ),
    "not-paid-service": (
        "该事项不收费，不能报价。",
        "The service costs nothing, so there is nothing to quote.",
    ),
    "no-quote": (
        "没有待确认的报价。",
        "There is no quote that waits for an answer.",
    ),
    "pause-not-agreed": (
        "暂停办理须经诉求人同意。",
        "The caller has to agree to the pause.",
    ),
    "pause-spent": (
        "暂停时间累计不得超过十个工作日。剩余{days_left}个工作日。",
        "Pauses last ten working days in all. Left are {days_left}.",
    ),
    "pause-end-passed": (
        "暂停的截止时间应晚于现在。",
        "The pause has to end in the future.",
    ),
    "already-overdue": (
        "办理期限已过，不能延期。到期时间是{due_at}。",
        "The deadline has passed and cannot be extended. It fell due at {due_at}.",
    ),
    "already-extended": ("期限已经延长过一次。", "The term has been extended once already."),
    "extension-out-of-range": (
        "延期的截止时间不符合规定。应晚于{after}，不晚于{latest}。",
        "The new deadline is out of range. It lies after {after} and not after {latest}.",
    ),
    "urged-today": (
        "今天已经催办过。请明天再催办。",
        "It was urged today already. It may be urged again tomorrow.",
    ),
    "transfer-not-agreed": (
        "接收单位尚未同意转办。请先取得同意，或者由督查部门决定。",
        "The receiver has not agreed. Obtain that first, or let a supervisor order it.",
    ),
    "already-contacted": (
        "首次联系已经登记，或者该事项不计联系时限。",
        "The first contact is recorded already, or the service has no limit for it.",
    ),
    "too-soon-to-close": (
        "尚不能按联系不上办结。须在两天内至少联系三次，现已联系{tries}次，涉及{days}天。",
        "It is too soon to give the caller up. It takes three tries on two days; there were "
        "{tries} on {days}.",
    ),
    "answer-incomplete": (
        "回访结果不完整。已接通的应填写是否解决和满意度，未接通的不填。",
        "The answer is not complete. Of a caller who was reached, say whether it is solved and how "
        "satisfied he is; of others neither.",
    ),
    "reopen-too-late": (
        "重新办理的期限已过。最迟应在{until}提出。",
        "It is too late to reopen the ticket. It could be reopened until {until}.",
    ),
    "reopen-spent": (
        "该工单已重新办理两次，不能再次重办。请另行提出诉求。",
        "The ticket was reopened twice already. Please open another one.",
    ),
    "holder-not-company": (
        "承办单位不是加盟企业，不适用企业失信认定。",
        "The holder is no member company, so no misconduct of a company can be proven.",
    ),
    "already-proven": (
        "该工单的失信行为已经认定。",
        "The misconduct in this ticket is proven already.",
    ),
    "level-raised": (
        "该级别已经升级过。级别是{level}。",
        "This level was raised already. The level is {level}.",
    ),
    "not-holder": (
        "该工单不在此企业，或者已不在此企业。",
        "The ticket is not with this company, or no longer.",
    ),
    "not-merged-here": (
        "该工单没有并入所说的工单。",
        "The ticket is not merged into the one that is named.",
    ),
    "not-sealed": (
        "该工单没有封存的举报人身份。",
        "There is no sealed identity in this ticket.",
    ),
    "no-unsealing-asked": (
        "尚无人申请启封举报人身份。",
        "Nobody has asked for the identity to be opened.",
    ),
    "not-accused": (
        "该单位不是被投诉举报的一方。",
        "The ticket is not about this side.",
    ),
    "cause-without-item": (
        "系统派生的工单须写明来由和事项。",
        "A ticket that Huimin opens says what it is about and which service it needs.",
    ),
    "deposit-missing": (
        "尚未缴纳保证金，不能准入。",
        "The deposit is missing, so the company cannot be admitted.",
    ),
    "nothing-offered": (
        "至少应提供一项服务和一个服务区。",
        "A member offers at least one service in at least one district.",
    ),
    "not-suspended-for": (
        "该企业并非因此原因被暂停。原因是{cause}。",
        "The member is not suspended for this cause. The cause is {cause}.",
    ),
    "holder-unknown": (
        "承办单位的代码不正确。部门使用部门代码，企业使用统一社会信用代码。",
        "The holder's code is not right. A department has its code, a company its unified social "
        "credit code.",
    ),
    "order-end-passed": (
        "停用期限已过，不能下达。期限是{until}。请重新申请。",
        "The order would be over before it began. Its end is {until}; please ask anew.",
    ),
}
