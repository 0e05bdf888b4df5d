"""The sentences of the codes of WiFi sessions, in Chinese and English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "bad-mac": (
        "MAC地址的写法不正确。应为十二位十六进制数字，可用冒号、横线或点分隔。",
        "The MAC address is not well-formed. It has twelve hexadecimal digits, with colons, "
        "hyphens or dots.",
    ),
    "bad-ip": (
        "IP地址的写法不正确。请填写IPv4或IPv6地址。",
        "The IP address is not well-formed. Give an IPv4 or IPv6 address.",
    ),
    "window-reversed": (
        "时间段的起止不正确。结束时间应晚于开始时间。",
        "The window is not right. It ends after it begins.",
    ),
    "ports-reversed": (
        "端口范围不正确。终止端口不得小于起始端口。",
        "The block of ports is not right. Its last port is not below its first.",
    ),
    "user-unclear": (
        "用户不明确。请填写手机号码或用户标识其中一项。",
        "The user is not clear. Give the mobile or the user's reference, one of the two.",
    ),
    "too-many-codes": (
        "获取验证码过于频繁。每分钟一次，每天十次。请在{retry_at}之后再试。",
        "Too many codes were asked for. There is one a minute and ten a day. "
        "Try again after {retry_at}.",
    ),
    "user-blocked": (
        "该用户暂时不能使用免费WiFi。停用至{until}。",
        "This user may not use the city's WiFi for now. The block ends at {until}.",
    ),
    "notice-outdated": (
        "隐私告知已更新。请阅读{in_force}版后再登录。",
        "The privacy notice has changed. Please read version {in_force} before signing in.",
    ),
    "code-wrong": (
        "验证码不正确。还可以尝试{tries_left}次。",
        "The code is wrong. There are {tries_left} tries left.",
    ),
    "code-expired": (
        "验证码已过期。过期时间是{expired_at}。请重新获取。",
        "The code has expired. It expired at {expired_at}. Please ask for a new one.",
    ),
    "code-locked": (
        "验证码输错次数过多。请重新获取验证码。",
        "The code was wrong too often. Please ask for a new one.",
    ),
    "device-unknown": (
        "无法识别该设备。请用手机验证码登录。",
        "The device is not recognised. Please sign in with a code.",
    ),
    "too-many-devices": (
        "同时在线的设备过多。每个手机号码最多{most}台。",
        "Too many devices are online. A mobile may have {most} at a time.",
    ),
    "unknown-nas": (
        "没有该接入设备。请核对NAS-Identifier。",
        "No access point has this NAS-Identifier. Please check it.",
    ),
    "unknown-ap": (
        "没有该接入点。请核对接入点编号。",
        "There is no such access point. Please check its id.",
    ),
    "time-implausible": (
        "记录的时间不可信。与接收时间相差超过二十四小时，请校准设备时钟。",
        "The time of the record is not plausible. It is more than 24 hours off; set the device's "
        "clock.",
    ),
    "start-after-stop": (
        "会话的开始晚于结束。结束时间是{stopped_at}。",
        "The session would start after it stopped. It stopped at {stopped_at}.",
    ),
    "acct-session-taken": (
        "该计费会话编号已被另一个会话使用。",
        "Another session of this access point has this accounting number.",
    ),
    "mapping-overlap": (
        "该公网地址的端口在这段时间已分配给另一个会话。",
        "These ports of the public address belong to another session at that time.",
    ),
    "mapping-too-wide": (
        "端口映射的范围过大。最多{ports}个端口、{hours}小时。",
        "The mapping is too wide. It has at most {ports} ports and {hours} hours.",
    ),
    "no-disconnect-open": (
        "没有待确认的断开请求。",
        "There is no request to disconnect that waits for an answer.",
    ),
    "not-blocked": (
        "该用户没有被停用。",
        "This user is not blocked.",
    ),
    "no-legal-basis": (
        "缺少法律依据。请填写调取日志的法律文书编号。本次申请已记录。",
        "There is no legal basis. Give the number of the document that allows the request. "
        "This attempt was recorded.",
    ),
    "window-too-wide": (
        "调取范围过大。只能按一个地址、端口和时刻，或一个手机号码查询，最长三十天。本次申请已记录。",
        "The request is too wide. It is about one address, port and instant, or one mobile, for "
        "thirty days at most. This attempt was recorded.",
    ),
    "legal-hold": (
        "依法须保存，现在不能删除。保存期至{until}，期满后可以再次申请。尚未办结的调取申请有{open_requests}件。",
        "The law requires this to be kept, so it cannot be erased now. It is kept until {until}; "
        "please ask again after that. Open requests for logs: {open_requests}.",
    ),
    "ap-exists": (
        "该接入点已经安装。请核对NAS-Identifier。",
        "This access point is installed already. Please check its NAS-Identifier.",
    ),
}
