"""The catalogue of services: more than two hundred in the eight groups of the plan, as dated data.

A seed of what the centre gives since it began; later versions and ends are recorded by command on
the matter of each service and go before what stands here. Source: the plan's eight groups, filled
with the services that 12345 and 81890 lines publish; the owning department follows the city's
division of duties.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from domain.help_center_tickets.states import ServiceGroup, Urgency
from domain.help_center_tickets.values import ServiceVersion

SINCE = date(2014, 1, 1)

# Code | 中文 | English | owning department | marks. One line a service, so that a change is one line.
_TABLE: Mapping[ServiceGroup, str] = {
    ServiceGroup.LIFE: """
A101 | 管道疏通 | Drain clearing | commerce | paid
A102 | 开锁换锁 | Locksmith | public-security | paid
A103 | 家电维修 | Household appliance repair | commerce | paid consumer
A104 | 空调清洗 | Air conditioner cleaning | commerce | paid consumer
A105 | 家政保洁 | House cleaning | commerce | paid consumer
A106 | 月嫂育婴 | Newborn care at home | commerce | paid consumer
A107 | 居家养老上门 | Home care for the elderly | civil-affairs | paid
A108 | 搬家服务 | House moving | commerce | paid consumer
A109 | 房屋补漏 | Leak repair | commerce | paid
A110 | 燃气泄漏报修 | Gas leak | urban-management | emergency
A111 | 自来水抢修 | Water main repair | urban-management | urgent
A112 | 停电报修 | Power cut | development-reform | urgent
A113 | 供暖报修 | Heating repair | urban-management | urgent
A114 | 电梯困人 | Trapped in a lift | market-regulation | emergency
A115 | 电梯故障 | Lift fault | market-regulation | urgent
A116 | 路灯不亮 | Street lamp out | urban-management |
A117 | 道路坑洼 | Pothole | urban-management |
A118 | 井盖缺失 | Missing manhole cover | urban-management | urgent
A119 | 垃圾清运 | Refuse collection | urban-management |
A120 | 垃圾分类 | Sorting of refuse | urban-management |
A121 | 噪声扰民 | Noise nuisance | ecology |
A122 | 油烟扰民 | Cooking fumes | urban-management |
A123 | 占道经营 | Street trading | urban-management |
A124 | 违章停车 | Illegal parking | public-security |
A125 | 共享单车乱停 | Misplaced shared bicycles | urban-management |
A126 | 公交线路咨询 | Bus routes | transport |
A127 | 出租车投诉 | Taxi complaints | transport | consumer
A128 | 网约车投诉 | Ride-hailing complaints | transport | consumer
A129 | 地铁服务 | Metro service | transport |
A130 | 长途客运 | Coach services | transport |
A131 | 老人走失 | Missing elderly person | public-security | emergency
A132 | 护理漏访 | Missed care visit | civil-affairs | emergency
A133 | 代购代办 | Errands and shopping | commerce | paid
A134 | 送餐服务 | Meals for the elderly | civil-affairs | paid
A135 | 宠物服务 | Pet services | commerce | paid consumer
A136 | 物业服务 | Property management | natural-resources |
A137 | 公共无线网络 | Public WiFi fault | data-bureau |
A138 | 市民卡 | Citizen card | data-bureau |
A139 | 殡葬服务 | Funeral services | civil-affairs |
A140 | 婚姻登记 | Marriage registration | civil-affairs |
A141 | 停水通知 | Planned water cuts | urban-management |
A142 | 洗染服务 | Laundry | commerce | paid consumer
""",
    ServiceGroup.CULTURE_EDUCATION: """
B101 | 幼儿园入园 | Kindergarten places | education |
B102 | 义务教育入学 | School admission | education |
B103 | 转学 | Change of school | education |
B104 | 校外培训投诉 | Tutoring complaints | education | consumer
B105 | 中考咨询 | Senior secondary entrance | education |
B106 | 高考咨询 | University entrance | education |
B107 | 职业教育 | Vocational education | education |
B108 | 老年大学 | University of the third age | education |
B109 | 家教服务 | Private tutoring | education | paid consumer
B110 | 学生资助 | Student aid | education |
B111 | 校园安全 | Safety at school | education | urgent
B112 | 校车 | School buses | education |
B113 | 图书馆 | Libraries | culture-tourism |
B114 | 博物馆 | Museums | culture-tourism |
B115 | 文化馆活动 | Cultural centre events | culture-tourism |
B116 | 演出票务 | Tickets for shows | culture-tourism | paid consumer
B117 | 旅行社投诉 | Travel agency complaints | culture-tourism | consumer
B118 | 景区服务 | Tourist sights | culture-tourism | consumer
B119 | 导游服务 | Tour guides | culture-tourism | paid consumer
B120 | 酒店投诉 | Hotel complaints | culture-tourism | consumer
B121 | 有线电视 | Cable television | culture-tourism |
B122 | 文物保护 | Protection of relics | culture-tourism | urgent
B123 | 网吧管理 | Internet cafés | culture-tourism |
B124 | 体育场馆 | Sports venues | culture-tourism |
B125 | 健身预付卡 | Prepaid gym cards | culture-tourism | consumer
B126 | 非遗传承 | Intangible heritage | culture-tourism |
""",
    ServiceGroup.SCIENCE: """
C101 | 科普讲座 | Science lectures | education |
C102 | 科技馆 | Science museum | education |
C103 | 气象查询 | Weather information | emergency |
C104 | 台风预警 | Typhoon warnings | emergency | urgent
C105 | 地震科普 | Earthquake information | emergency |
C106 | 专利申请 | Patent applications | market-regulation |
C107 | 商标注册 | Trade mark registration | market-regulation |
C108 | 知识产权维权 | Intellectual property disputes | market-regulation |
C109 | 高新企业认定 | High-tech enterprise status | development-reform |
C110 | 科技项目申报 | Science project grants | development-reform |
C111 | 人才引进 | Recruiting talent | hrss |
C112 | 计量检定 | Calibration | market-regulation | paid
C113 | 产品检测 | Product testing | market-regulation | paid
C114 | 数据恢复 | Data recovery | commerce | paid consumer
C115 | 电脑维修 | Computer repair | commerce | paid consumer
C116 | 手机维修 | Telephone repair | commerce | paid consumer
C117 | 网络安全咨询 | Network security advice | cyberspace |
C118 | 网络诈骗线索 | Online fraud leads | public-security | urgent
C119 | 个人信息泄露 | Leaks of personal information | cyberspace |
C120 | 智能家居安装 | Smart home installation | commerce | paid consumer
C121 | 老年人用手机 | Help with smartphones for the elderly | data-bureau |
C122 | 政务网站使用 | Use of government websites | data-bureau |
""",
    ServiceGroup.HEALTH: """
D101 | 预约挂号 | Hospital appointments | health |
D102 | 家庭医生 | Family doctors | health |
D103 | 疫苗接种 | Vaccination | health |
D104 | 急救车 | Ambulance | health | emergency
D105 | 医疗纠纷 | Medical disputes | health |
D106 | 诊所投诉 | Clinic complaints | health |
D107 | 医疗美容投诉 | Cosmetic clinic complaints | health | consumer
D108 | 药品质量 | Quality of medicines | market-regulation | urgent
D109 | 药店投诉 | Pharmacy complaints | market-regulation | consumer
D110 | 医保报销 | Medical insurance claims | medical-insurance |
D111 | 医保缴费 | Medical insurance contributions | medical-insurance |
D112 | 异地就医 | Treatment elsewhere | medical-insurance |
D113 | 大病保险 | Serious illness insurance | medical-insurance |
D114 | 产前检查 | Antenatal care | health |
D115 | 儿童体检 | Child health checks | health |
D116 | 精神卫生 | Mental health | health | urgent
D117 | 心理援助热线 | Psychological support line | health | urgent
D118 | 传染病咨询 | Infectious diseases | health |
D119 | 献血 | Blood donation | health |
D120 | 饮用水卫生 | Drinking water hygiene | health | urgent
D121 | 公共场所卫生 | Hygiene of public places | health |
D122 | 护理用品租赁 | Rental of care equipment | civil-affairs | paid consumer
D123 | 上门护理 | Nursing at home | health | paid
D124 | 康复服务 | Rehabilitation | disabled-federation | paid
D125 | 残疾人辅具 | Aids for disabled people | disabled-federation |
D126 | 职业病 | Occupational disease | health |
D127 | 食物中毒 | Food poisoning | market-regulation | emergency
D128 | 餐饮卫生 | Restaurant hygiene | market-regulation |
""",
    ServiceGroup.AGRICULTURE: """
E101 | 农技咨询 | Farming advice | commerce |
E102 | 病虫害防治 | Pests and plant disease | ecology |
E103 | 种子质量 | Quality of seed | market-regulation | consumer
E104 | 化肥质量 | Quality of fertiliser | market-regulation | consumer
E105 | 农药质量 | Quality of pesticides | market-regulation | consumer
E106 | 农机维修 | Farm machine repair | commerce | paid
E107 | 农机补贴 | Subsidies for farm machines | finance |
E108 | 农产品价格 | Prices of farm produce | development-reform |
E109 | 农产品销售 | Sale of farm produce | commerce |
E110 | 畜禽疫病 | Animal disease | health | urgent
E111 | 动物防疫 | Animal vaccination | health |
E112 | 渔业管理 | Fisheries | natural-resources |
E113 | 渔船求助 | Fishing boat in distress | emergency | emergency
E114 | 休渔期 | Fishing moratorium | natural-resources |
E115 | 土地承包 | Farmland contracts | natural-resources |
E116 | 宅基地 | Rural building plots | natural-resources |
E117 | 征地补偿 | Compensation for land | natural-resources |
E118 | 农村饮水 | Rural water supply | ecology |
E119 | 农田水利 | Irrigation | ecology |
E120 | 森林防火 | Forest fires | emergency | emergency
E121 | 林木采伐 | Felling permits | natural-resources |
E122 | 农村道路 | Rural roads | transport |
E123 | 农业保险 | Farm insurance | finance | consumer
E124 | 秸秆焚烧 | Burning of straw | ecology |
""",
    ServiceGroup.ECONOMY: """
F101 | 企业开办 | Starting a business | market-regulation |
F102 | 个体户登记 | Sole trader registration | market-regulation |
F103 | 企业注销 | Closing a business | market-regulation |
F104 | 税务咨询 | Tax advice | tax |
F105 | 发票问题 | Invoices | tax |
F106 | 个税申报 | Income tax returns | tax |
F107 | 社保缴费 | Social insurance contributions | hrss |
F108 | 养老金 | Pensions | hrss |
F109 | 失业金 | Unemployment benefit | hrss |
F110 | 工伤认定 | Industrial injury | hrss |
F111 | 就业补贴 | Employment subsidies | hrss |
F112 | 公积金提取 | Housing fund withdrawals | housing-fund |
F113 | 公积金贷款 | Housing fund loans | housing-fund |
F114 | 惠企政策 | Support for companies | development-reform |
F115 | 价格举报 | Price violations | market-regulation | consumer
F116 | 网购纠纷 | Online shopping disputes | market-regulation | consumer
F117 | 商品质量 | Quality of goods | market-regulation | consumer
F118 | 预付卡退款 | Prepaid card refunds | commerce | consumer
F119 | 汽车三包 | Car warranties | market-regulation | consumer
F120 | 电动自行车 | Electric bicycles | market-regulation | consumer
F121 | 食品质量 | Quality of food | market-regulation | consumer
F122 | 化妆品质量 | Quality of cosmetics | market-regulation | consumer
F123 | 产品召回 | Product recalls | market-regulation | urgent
F124 | 跨境电商 | Cross-border e-commerce | customs |
F125 | 通关咨询 | Customs clearance | customs |
F126 | 行李税 | Duty on baggage | customs |
F127 | 不动产登记 | Property registration | natural-resources |
F128 | 房产中介 | Estate agents | natural-resources | consumer
F129 | 住房租赁 | Rental housing | natural-resources |
F130 | 保障性住房 | Public housing | natural-resources |
F131 | 金融诈骗 | Financial fraud | public-security | urgent
F132 | 非法集资 | Illegal fund-raising | finance |
F133 | 统计咨询 | Statistics | statistics |
F134 | 政府采购 | Public procurement | finance |
""",
    ServiceGroup.LEGAL_ADVICE: """
G101 | 法律援助 | Legal aid | civil-affairs |
G102 | 公证 | Notaries | civil-affairs | paid
G103 | 律师咨询 | Lawyers | civil-affairs | paid
G104 | 人民调解 | People's mediation | civil-affairs |
G105 | 司法鉴定 | Forensic expertise | civil-affairs | paid
G106 | 诉讼指引 | Guidance to the courts | court |
G107 | 执行查询 | Enforcement enquiries | court |
G108 | 婚姻家庭 | Family law | civil-affairs |
G109 | 继承 | Inheritance | civil-affairs |
G110 | 合同纠纷 | Contract disputes | civil-affairs |
G111 | 邻里纠纷 | Disputes between neighbours | civil-affairs |
G112 | 交通事故 | Traffic accidents | public-security |
G113 | 行政复议 | Administrative review | civil-affairs |
G114 | 户籍业务 | Household registration | public-security |
G115 | 身份证办理 | Identity cards | public-security |
G116 | 出入境证件 | Passports and permits | public-security |
G117 | 外国人居留 | Residence of foreigners | public-security |
G118 | 社区矫正 | Community correction | civil-affairs |
G119 | 信用修复 | Repair of credit records | development-reform |
G120 | 信访指引 | Guidance on petitions | supervision |
""",
    ServiceGroup.RIGHTS: """
H101 | 拖欠工资 | Unpaid wages | hrss |
H102 | 劳动合同 | Labour contracts | hrss |
H103 | 工时休假 | Working hours and leave | hrss |
H104 | 劳动仲裁 | Labour arbitration | hrss |
H105 | 妇女权益 | Rights of women | civil-affairs |
H106 | 家庭暴力 | Domestic violence | public-security | emergency
H107 | 未成年人保护 | Protection of minors | civil-affairs | urgent
H108 | 老年人权益 | Rights of the elderly | civil-affairs |
H109 | 残疾人权益 | Rights of disabled people | disabled-federation |
H110 | 退役军人优抚 | Benefits for veterans | veterans |
H111 | 退役军人就业 | Employment of veterans | veterans |
H112 | 军属优待 | Benefits for soldiers' families | veterans |
H113 | 低保申请 | Minimum income support | civil-affairs |
H114 | 临时救助 | Emergency relief | civil-affairs | urgent
H115 | 流浪乞讨 | Homeless people | civil-affairs | urgent
H116 | 社会福利机构投诉 | Complaints about care homes | civil-affairs |
H117 | 消费维权 | Consumer rights | market-regulation | consumer
H118 | 职场歧视 | Discrimination at work | hrss |
H119 | 安全生产举报 | Safety at work violations | emergency | urgent
H120 | 环境污染举报 | Pollution | ecology |
H121 | 食品安全举报 | Food safety violations | market-regulation |
H122 | 医保骗保举报 | Insurance fraud | medical-insurance |
H123 | 作风投诉 | Conduct of officials | supervision |
H124 | 窗口服务投诉 | Service at counters | supervision |
H125 | 政务公开 | Access to government information | data-bureau |
H126 | 志愿服务 | Volunteering | civil-affairs |
""",
}


def _versions() -> Iterator[ServiceVersion]:
    for group, table in _TABLE.items():
        for line in table.strip().splitlines():
            code, zh, en, department, marks = (part.strip() for part in line.split("|"))
            words = marks.split()
            urgency = next((Urgency(w) for w in words if w in set(Urgency)), Urgency.ORDINARY)
            yield ServiceVersion(
                code=code,
                group=group,
                zh=zh,
                en=en,
                department=department,
                urgency=urgency,
                paid="paid" in words,
                consumer="consumer" in words,
                since=SINCE,
            )


CATALOGUE: Mapping[str, ServiceVersion] = MappingProxyType({v.code: v for v in _versions()})
"""Every service by its code."""
