"""What care says no with, in Chinese and English, by code."""

SENTENCES: dict[str, tuple[str, str]] = {
    "too-young": (
        "未达到养老服务的年龄。须年满{least_age}周岁。",
        "The person is too young for elder care. It is for people of {least_age} and more.",
    ),
    "open-order-exists": (
        "该老人已有同类服务订单未结束。服务方式是{mode}。请在原订单上办理，或先结束原订单。",
        "The elder has a live order of this mode. The mode is {mode}. Go on with that order, or "
        "end it first.",
    ),
    "elder-died": (
        "该老人已登记死亡。不能再办理新的服务。",
        "The elder's death is recorded. No new service can be asked for.",
    ),
    "assessment-not-running": (
        "现在没有可暂停或恢复的评估期限。",
        "There is no assessment to pause or to resume now.",
    ),
    "assessor-not-independent": (
        "评估人员不得与服务机构有关联。请更换评估人员。",
        "An assessor works for a provider of this elder. Let someone else assess.",
    ),
    "same-assessor-twice": (
        "两名评估人员不得为同一人。",
        "An assessment is signed by two different people.",
    ),
    "score-out-of-range": (
        "评估分值超出该项范围。",
        "A score lies outside its item's range.",
    ),
    "scores-incomplete": (
        "评估项目不完整或有多余项目。请填写全部二十六项。",
        "Some items have no score, or some are unknown. Give all 26 items of the standard.",
    ),
    "grade-expired": (
        "评估等级已过有效期。有效期至{valid_until}。请重新评估。",
        "The grade is no longer valid. It was valid until {valid_until}. Ask for an assessment.",
    ),
    "mode-not-allowed": (
        "该服务方式不适用。服务方式是{mode}。请选择与订单和评估等级相符的方式。",
        "This mode of care does not fit. The mode is {mode}. Use the order's mode, if the grade "
        "allows it.",
    ),
    "service-not-in-mode": (
        "该服务方式不提供这些项目。项目：{services}。",
        "Some services are not given in this mode. They are: {services}.",
    ),
    "service-unknown": (
        "没有该服务项目。请使用服务目录中的代码。",
        "There is no such service. Use a code of the list of services.",
    ),
    "service-twice": (
        "同一服务项目只能列一次。",
        "A service stands in a plan once.",
    ),
    "weekdays-wrong": (
        "日托须填写每周的服务日，其他方式不填。",
        "A day centre needs its days of the week, from 1 to 7; other modes have none.",
    ),
    "plan-exceeds-entitlement": (
        "计划超出评估等级可享受的时长。计划每周{minutes}分钟，最多{entitled}分钟。",
        "The plan exceeds what the grade entitles to. It has {minutes} minutes a week. At most: "
        "{entitled}.",
    ),
    "subsidy-not-allowed": (
        "该补贴不适用。补贴种类是{subsidy_kind}。",
        "This subsidy does not fit the mode or the grade. Its kind is {subsidy_kind}.",
    ),
    "price-mismatch": (
        "价格与价目表不符。每周应为{price_fen}分。",
        "The price is not that of the price list. A week costs {price_fen} fen.",
    ),
    "provider-unknown": (
        "没有该养老服务机构。请核对统一社会信用代码。",
        "No provider of care has this code. Please check it.",
    ),
    "provider-unlicensed": (
        "服务机构的许可或备案已到期。有效期至{licensed_until}。",
        "The provider's licence has run out. It was valid until {licensed_until}.",
    ),
    "provider-barred": (
        "该机构暂停接收新的服务对象。原因：{grounds}。请选择其他机构。",
        "The provider gets no new elders. Because of: {grounds}. Choose another provider.",
    ),
    "no-place": (
        "该机构没有空位。轮候序号是{position}。",
        "The provider has no place free. The order's position in the waiting list is {position}.",
    ),
    "place-free": (
        "该机构有空位，无需轮候。空位数是{free}。",
        "There is a place free, so nobody needs to wait. Free: {free}.",
    ),
    "on-waiting-list": (
        "已在该机构轮候。轮候序号是{position}。",
        "The order is on this waiting list. Its position is {position}.",
    ),
    "same-provider": (
        "新机构与原机构相同。",
        "The new provider is the present one.",
    ),
    "start-out-of-range": (
        "入住或开始日期不在允许范围。最早{earliest}，最晚{latest}。",
        "The first day lies outside the range. The earliest is {earliest}. The latest is {latest}.",
    ),
    "end-out-of-range": (
        "结束日期不在允许范围。最早{earliest}，最晚{latest}。",
        "The last day lies outside the range. The earliest is {earliest}. The latest is {latest}.",
    ),
    "no-held-place": ("没有为该订单保留的位置。", "No place is held for this order."),
    "visit-not-of-order": (
        "只能评价本订单已完成的服务。",
        "Only a visit of this order that was made can be rated.",
    ),
    "rated-this-month": (
        "每月只能评价一次。本月已评价：{month}。",
        "A provider is rated once a month. The month {month} is rated.",
    ),
    "reassessment-open": (
        "已提出重新评估，尚未完成。",
        "A reassessment has been asked for and is not made yet.",
    ),
    "capacity-in-use": (
        "已占用的位置不能减少。服务方式是{mode}，已占用{used}个。",
        "Places that are taken cannot be given up. The mode is {mode}. Taken: {used}.",
    ),
    "carer-known": (
        "该护理人员已在本机构登记。",
        "The carer is registered with this provider.",
    ),
    "carer-unknown": (
        "本机构没有该护理人员。请先登记。",
        "The provider has no such carer. Register the carer first.",
    ),
    "qualification-unknown": (
        "没有该资格类别。",
        "There is no such qualification.",
    ),
    "bed-twice": ("床位号不得重复。", "Every bed needs a number of its own."),
    "already-stopped": (
        "已因该原因暂停新的安排。原因是{ground}。",
        "New assignments are stopped on this ground. It is {ground}.",
    ),
    "not-stopped": (
        "没有因该原因暂停。原因是{ground}。",
        "New assignments are not stopped on this ground. It is {ground}.",
    ),
    "carer-busy": (
        "护理人员在该时段已有其他服务。请改时间或者换人。",
        "The carer is busy at that time. Choose another time or another carer.",
    ),
    "elder-busy": (
        "老人在该时段已有其他服务。请改时间。",
        "The elder has another visit at that time. Choose another time.",
    ),
    "carer-not-qualified": (
        "护理人员缺少所需资格。缺少：{missing}。",
        "The carer lacks a qualification. Missing: {missing}.",
    ),
    "visit-length": (
        "每次服务时长为15至480分钟。",
        "A visit lasts from 15 to 480 minutes.",
    ),
    "outside-plan": (
        "服务不在计划之内。不符的项目：{services}。",
        "The visit does not fit the plan. What does not fit: {services}.",
    ),
    "visit-in-past": (
        "服务开始时间已过。只能在开始之前安排、改派或者取消。",
        "The visit's time has passed. Plan, move or cancel it before it begins.",
    ),
    "wrong-carer": (
        "只有本次服务的护理人员可以签到签退。",
        "Only the visit's own carer checks in and out.",
    ),
    "too-far": (
        "签到地点距离过远。距离{metres}米，最多{at_most}米。",
        "This is too far from the elder. It is {metres} m away. At most: {at_most} m.",
    ),
    "wrong-tag": (
        "不是老人家中的签到标签。",
        "This is not the tag of the elder's home.",
    ),
    "point-or-tag": (
        "请提供位置或者签到标签，二者填一项。",
        "Give the point or the tag, one of the two.",
    ),
    "check-in-too-early": (
        "签到过早。最早可在{earliest}签到。",
        "It is too early to check in. The earliest time is {earliest}.",
    ),
    "check-in-too-late": (
        "已过计划结束时间。最晚是{latest}。",
        "The planned end has passed. It was {latest}.",
    ),
    "before-check-in": (
        "签退时间早于签到时间。",
        "The visit cannot end before it began.",
    ),
    "items-not-planned": (
        "完成的项目与本次服务不符。不符的项目：{services}。",
        "What was done does not fit the visit. What does not fit: {services}.",
    ),
    "dispute-term-over": (
        "提出异议的期限已满。到期时间是{due_at}。",
        "The time to dispute is over. It ended at {due_at}.",
    ),
    "not-payable": (
        "该次服务在老人死亡之后，不能结算。",
        "The visit lies after the elder's death and is not paid.",
    ),
    "double-subsidy": (
        "不得重复享受补贴。请不带补贴结算，或者核对订单。",
        "The elder cannot have this subsidy twice. Settle the visit without it, or check the "
        "orders.",
    ),
    "month-not-over": (
        "当月尚未结束，不能确认结算。结束时间是{ends_at}。",
        "The month is not over. It ends at {ends_at}.",
    ),
}
"""Code → Chinese, English."""
