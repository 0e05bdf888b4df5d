"""The catalogue of what is said to people, in Chinese and English, by code: the shared part.

Codes of one programme stand in ``SENTENCES`` of that programme's own module and are collected by
discovery, so that an eighth programme touches nothing here. A code is never renamed. Each entry
says what was wrong, what is allowed and what to do; its first sentence has no fields and is the
title. The rules of templates stand in ``domain.shared.sentences``.
"""

from collections.abc import Mapping

from domain.shared import sentences as _sentences

SENTENCES: dict[str, tuple[str, str]] = {
    # Refusals that every programme knows.
    "refused": (
        "该请求被拒绝。原因代码：{code}。",
        "The request was refused. Its code is {code}.",
    ),
    "not-in-state": (
        "当前状态不允许此操作。现在的状态是{state}。在此状态下可以办理：{allowed}。",
        "The matter is in a state that does not allow this. Its state is {state}. "
        "Allowed in it: {allowed}.",
    ),
    "four-eyes": (
        "同一人员不得既审查又决定。请由另一位人员办理这一步。",
        "The same officer may not both examine and decide. Let another officer take this step.",
    ),
    "forbidden": (
        "您无权进行此操作。请由有权限的角色、部门或当事人本人办理。",
        "You may not do this. It is for the role, department or person concerned.",
    ),
    "not-found": (
        "没有找到该事项，或者您无权知悉。请核对编号。",
        "There is no such matter, or you may not know of it. Please check its id.",
    ),
    "id-in-use": (
        "这个编号已用于另一事项。请换一个编号，或不填，由系统选定。",
        "This id belongs to another matter already. Please choose another one, or leave it out and "
        "one is chosen.",
    ),
    "outside-city": (
        "该地点不在宁波市范围内。区划请使用宁波市的六位行政区划代码，坐标请使用WGS-84。",
        "This lies outside the city. Use a district number of Ningbo (GB/T 2260), "
        "and WGS-84 for coordinates.",
    ),
    "not-due": (
        "期限尚未届满。到期时间是{due_at}。",
        "It is not time yet. It falls due at {due_at}.",
    ),
    "date-in-future": (
        "时间晚于现在。最多允许比服务器时间提前十分钟，请核对设备时钟。",
        "The time lies in the future. It may be at most ten minutes ahead of the server; "
        "please check your clock.",
    ),
    "legal-hold": (
        "依法须保存，现在不能删除。保存期至{until}，期满后可以再次申请。",
        "The law requires this to be kept, so it cannot be erased now. It is kept until {until}; "
        "please ask again after that.",
    ),
    "subject-erased": (
        "当事人的个人信息已被删除。此事项不能再继续办理。",
        "The person's data have been erased. Nothing more can be done in this matter.",
    ),
    "consent-missing": (
        "缺少当事人的同意。请先取得并登记有效的同意。",
        "The person's consent is missing. Obtain and record a valid consent first.",
    ),
    "department-unknown": (
        "没有使用该代码的部门。请使用部门代码表中的代码，例如market-regulation。",
        "No department has this code. Use one of the list of departments, "
        "such as market-regulation.",
    ),
    # Values with a form of their own.
    "bad-resident-id": (
        "公民身份号码不正确。应为十八位，区划、出生日期和校验码都要正确，请对照证件核对。",
        "The resident id is not right. It has 18 characters, with a division, a date of birth and "
        "a check character that fit; please compare it with the card.",
    ),
    "bad-mobile": (
        "手机号码不正确。请填写大陆手机号码，境外号码请加国家代码。",
        "The mobile number is not right. Give a mainland number, or one with its country code.",
    ),
    "person-name-malformed": (
        "姓名的写法不正确。应为1至50个汉字或拉丁字母，各部分之间用“·”分隔。",
        "The name is not well-formed. It has 1 to 50 Han or Latin letters, with · between parts.",
    ),
    "address-malformed": (
        "地址的写法不正确。每一行为1至200个字符，不含控制字符。",
        "The address is not well-formed. Each line has 1 to 200 characters and no control "
        "characters.",
    ),
    "officer-id-malformed": (
        "工作人员编号不正确。请使用其登录令牌中的编号。",
        "The officer's id is not well-formed. It is the subject of the officer's token.",
    ),
    "subject-ref-malformed": (
        "当事人标识不正确。应为系统给出的标识，不得使用证件号码。",
        "The subject reference is not well-formed. Use the one the system gave, never an "
        "identity number.",
    ),
    "industry-code-unknown": (
        "没有该行业代码。请使用GB/T 4754-2017的门类字母A至T及其下的大类、中类或小类。",
        "There is no such industry. Use a section letter A to T of GB/T 4754-2017 and digits "
        "of that section.",
    ),
    "uscc-bad-character": (
        "统一社会信用代码的字符不正确。应为十八位数字或大写字母，不使用I、O、S、V、Z。",
        "The unified social credit code has a wrong character. It is 18 digits and capitals, "
        "without I, O, S, V and Z.",
    ),
    "uscc-bad-check": (
        "统一社会信用代码的校验码不正确。请对照营业执照逐位核对。",
        "The unified social credit code has a wrong check character. Please compare it with the "
        "licence.",
    ),
    "uscc-division-unknown": (
        "统一社会信用代码中的登记机关区划不存在。第三至八位应为登记时有效的行政区划代码。",
        "The unified social credit code names no known registry. Its third to eighth characters "
        "are a division that is or was in force.",
    ),
    "uscc-category-unknown": (
        "统一社会信用代码的类别不适用。市场监管登记的代码以91、92或93开头。",
        "The unified social credit code is of another category. Those of market regulation begin "
        "with 91, 92 or 93.",
    ),
    "instant-without-offset": (
        "时间缺少时区。请写明时差，例如2026-03-02T09:00:00+08:00。",
        "The time has no offset. Give one, as in 2026-03-02T09:00:00+08:00.",
    ),
    "instant-out-of-range": (
        "时间超出可用范围。请填写公元1年至9999年之间的时间。",
        "The time is out of range. Give one between the years 1 and 9999.",
    ),
    # The doors: the contract's codes for HTTP, shown by the huimin command too.
    "malformed-json": (
        "请求内容不是有效的JSON。请发送一个UTF-8编码的JSON对象，不含空字符和孤立代理项。",
        "The body is not valid JSON. Send one JSON object in UTF-8, without NUL and lone "
        "surrogates.",
    ),
    "bad-header": (
        "请求头不正确。有问题的是{header}。允许的形式：{expected}。",
        "A header is not right. It is {header}. Allowed: {expected}.",
    ),
    "invalid-parameter": (
        "查询参数不正确。有问题的是{parameter}。可用的值：{allowed}。",
        "A query parameter is not right. It is {parameter}. Allowed: {allowed}.",
    ),
    "bad-cursor": (
        "翻页游标不正确或已失效。请从第一页重新开始，并保持查询条件不变。",
        "The cursor is not one of ours, or belongs to another query. Start again at the first "
        "page and keep the filters.",
    ),
    "unauthenticated": (
        "没有有效的身份令牌。请登录后重试。",
        "There is no valid bearer token. Sign in and try again.",
    ),
    "unknown-command": (
        "没有该命令。可用的命令见/docs。",
        "There is no such command. See /docs for those there are.",
    ),
    "unknown-read-model": (
        "没有该查询。可用的查询见/docs。",
        "There is no such read model. See /docs for those there are.",
    ),
    "method-not-allowed": (
        "该地址不支持此方法。可用的方法：{allowed}。",
        "This address does not take that method. Allowed: {allowed}.",
    ),
    "not-acceptable": (
        "无法提供所要求的格式。本服务返回application/json和application/problem+json。",
        "The wanted format is not available. The service answers in application/json and "
        "application/problem+json.",
    ),
    "version-conflict": (
        "该事项同时被他人办理，多次重试后仍未成功。本次未作任何更改，请重新读取后再试。",
        "Others kept changing the matter while this was tried. Nothing was done; read it again "
        "and retry.",
    ),
    "version-mismatch": (
        "该事项已不是您看到的版本。现在的版本是{version}。请重新读取后再决定。",
        "The matter is no longer at the version you saw. It is at version {version}. "
        "Read it again before you decide.",
    ),
    "body-too-large": (
        "请求内容过大。最多1 MiB。",
        "The body is too large. At most 1 MiB is taken.",
    ),
    "unsupported-media-type": (
        "不支持该内容类型。请使用application/json。",
        "This media type is not supported. Send application/json.",
    ),
    "invalid": (
        "请求内容不符合要求。各处问题见errors。",
        "The request does not fit its model. Each place is listed in errors.",
    ),
    "idempotency-key-reused": (
        "该幂等键已用于另一个命令或内容。请为新的请求使用新的键。",
        "This idempotency key was used with another command or body. Use a new key for a new "
        "request.",
    ),
    "rate-limited": (
        "请求过于频繁。本次未作任何更改。请在{retry_after}秒后用同一个键重试。",
        "Too many requests. Nothing was done. Retry with the same key in {retry_after} seconds.",
    ),
    "overloaded": (
        "系统繁忙。本次未作任何更改，请稍后用同一个键重试。",
        "The service is busy. Nothing was done; retry with the same key a little later.",
    ),
    "read-model-behind": (
        "数据尚未更新到您要求的位置。现在到达的位置是{position}。请稍后重试，或用stale=allow读取旧数据。",
        "The read model has not reached the position you want. It is at {position}. Retry a "
        "little later, or take older data with stale=allow.",
    ),
    "store-unavailable": (
        "数据库暂时不可用。请稍后用同一个键重试，不会重复办理。",
        "The database cannot be reached. Retry with the same key a little later; it is safe.",
    ),
    "broker-unavailable": (
        "消息服务暂时不可用。请稍后重试。",
        "The message broker cannot be reached. Retry a little later.",
    ),
    "internal": (
        "系统内部错误。请稍后重试，并在求助时提供trace_id。",
        "Something went wrong inside. Retry later, and give the trace_id when you ask for help.",
    ),
    "stream-ahead": (
        "消息流比日志更新，日志可能是从备份恢复的。请由运维人员按运行手册处理。",
        "The stream holds what the log does not, so the log may come from a backup. An operator "
        "has to decide, as the runbook says.",
    ),
    "lease-lost": (
        "该任务已由另一个进程接管。本进程停止写入，无需处理。",
        "Another process has taken over this work. This one stops writing; nothing is to be done.",
    ),
    "corrupt": (
        "存储的数据与写入时不一致。请运行huimin audit verify查明位置。",
        "Stored data are not what was written. Run huimin audit verify to find the position.",
    ),
    "misconfigured": (
        "配置或声明不正确。请按给出的名称更正后重新启动。",
        "A setting or a declaration is wrong. Correct the one that is named and start again.",
    ),
}
"""Code → Chinese, English, for everything no single programme owns."""

FIELD_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("缺少必填项。", "This field is required."),
    "extra-forbidden": ("没有该字段。", "There is no such field."),
    "string-type": ("应为文字。", "This has to be a string."),
    "string-too-short": (
        "文字过短。至少{min_length}个字符。",
        "The text is too short. It has at least {min_length} characters.",
    ),
    "string-too-long": (
        "文字过长。最多{max_length}个字符。",
        "The text is too long. It has at most {max_length} characters.",
    ),
    "string-pattern-mismatch": ("文字的形式不正确。", "The text has the wrong form."),
    "int-type": ("应为整数。", "This has to be a whole number."),
    "int-from-float": ("应为整数，不能有小数。", "This has to be a whole number, no fraction."),
    "float-type": ("应为数字。", "This has to be a number."),
    "finite-number": ("应为有限的数字。", "This has to be a finite number."),
    "bool-type": ("应为true或false。", "This has to be true or false."),
    "greater-than": ("数值过小。应大于{gt}。", "The number is too small. It is above {gt}."),
    "greater-than-equal": (
        "数值过小。不得小于{ge}。",
        "The number is too small. It is at least {ge}.",
    ),
    "less-than": ("数值过大。应小于{lt}。", "The number is too large. It is below {lt}."),
    "less-than-equal": (
        "数值过大。不得大于{le}。",
        "The number is too large. It is at most {le}.",
    ),
    "too-short": (
        "项目过少。至少{min_length}项。",
        "There are too few items. There are at least {min_length}.",
    ),
    "too-long": (
        "项目过多。最多{max_length}项。",
        "There are too many items. There are at most {max_length}.",
    ),
    "enum": (
        "不在允许的值之内。可用的值：{expected}。",
        "Not an allowed value. Allowed: {expected}.",
    ),
    "literal-error": (
        "不在允许的值之内。可用的值：{expected}。",
        "Not an allowed value. Allowed: {expected}.",
    ),
    "uuid-parsing": ("应为UUID。", "This has to be a UUID."),
    "uuid-type": ("应为UUID。", "This has to be a UUID."),
    "date-parsing": ("应为日期，例如2026-03-02。", "This has to be a date, such as 2026-03-02."),
    "date-type": ("应为日期，例如2026-03-02。", "This has to be a date, such as 2026-03-02."),
    "date-from-datetime-parsing": (
        "应为日期，例如2026-03-02。",
        "This has to be a date, such as 2026-03-02.",
    ),
    "datetime-parsing": (
        "应为带时差的时间，例如2026-03-02T09:00:00+08:00。",
        "This has to be a time with its offset, such as 2026-03-02T09:00:00+08:00.",
    ),
    "datetime-type": (
        "应为带时差的时间，例如2026-03-02T09:00:00+08:00。",
        "This has to be a time with its offset, such as 2026-03-02T09:00:00+08:00.",
    ),
    "datetime-from-date-parsing": (
        "应为带时差的时间，例如2026-03-02T09:00:00+08:00。",
        "This has to be a time with its offset, such as 2026-03-02T09:00:00+08:00.",
    ),
    "time-parsing": ("应为时刻，例如08:30。", "This has to be a time of day, such as 08:30."),
    "time-delta-parsing": ("应为时长，例如PT1H。", "This has to be a duration, such as PT1H."),
    "list-type": ("应为列表。", "This has to be a list."),
    "tuple-type": ("应为列表。", "This has to be a list."),
    "set-type": ("应为列表。", "This has to be a list."),
    "frozen-set-type": ("应为列表。", "This has to be a list."),
    "dict-type": ("应为对象。", "This has to be an object."),
    "model-type": ("应为对象。", "This has to be an object."),
    "model-attributes-type": ("应为对象。", "This has to be an object."),
    "union-tag-not-found": ("缺少说明种类的字段。", "The field that tells the kind is missing."),
    "union-tag-invalid": (
        "没有该种类。可用的值：{expected_tags}。",
        "There is no such kind. Allowed: {expected_tags}.",
    ),
    "json-invalid": ("不是有效的JSON。", "This is not valid JSON."),
    "value-error": ("该值不正确。", "This value is not right."),
}
"""Pydantic's own error types, in kebab-case, for ``errors[{pointer, code, detail}]``."""

ALL: Mapping[str, tuple[str, str]] = {**FIELD_SENTENCES, **SENTENCES}
"""The shared catalogue with the codes of fields."""

FIELD_FACTS = frozenset(
    {"min_length", "max_length", "gt", "ge", "lt", "le", "expected", "expected_tags"}
)
"""Keys of a Pydantic error's ``ctx`` that tell the rule and never what was sent."""


def field_code(pydantic_type: str) -> str:
    """The code of a field's error: ``greater-than-equal`` of ``greater_than_equal``."""
    return pydantic_type.replace("_", "-")


def sentence(
    code: str,
    language: str,
    facts: Mapping[str, object] | None = None,
    sentences: Mapping[str, tuple[str, str]] = ALL,
) -> str:
    """What to say about ``code``; ``sentences`` are those of the programmes, found first.

    See ``domain.shared.sentences.sentence``; never fails for an unknown code or a missing fact.
    """
    found = sentences if code in sentences else ALL
    return _sentences.sentence(code, language, facts or {}, found)


def title(code: str, language: str, sentences: Mapping[str, tuple[str, str]] = ALL) -> str:
    """The first sentence of ``code``, the same for every occurrence, without its full stop."""
    return _sentences.title(code, language, sentences if code in sentences else ALL)
