"""The limits of health visits, as data.

Sources: the brief's clocks; Prescription Rules (MOH Order 53), art. 19, and 国卫办医发〔2021〕17号 for
long-term prescriptions; Infectious Diseases Law (2025), art. on reporting: two hours for class A
and what is managed like it, else twenty-four. What the brief leaves open is chosen here: a ban of
ninety days, and a referral that lapses when nobody answered for fourteen days.
"""

from datetime import timedelta

from domain.shared.clocks import Clock, Limit, Unit

MINUTE = 60
HOUR = 3600

NO_SHOW_AFTER = timedelta(minutes=30)
NO_SHOW = Clock("no-show", Limit(30 * MINUTE, Unit.ELAPSED_SECONDS), kind="deadline")
WAITING = Clock("waiting", Limit(30 * MINUTE, Unit.ELAPSED_SECONDS))
CRITICAL_RESULT = Clock(
    "critical-result",
    Limit(30 * MINUTE, Unit.ELAPSED_SECONDS),
    escalate=Limit(0, Unit.ELAPSED_SECONDS),
    escalate_to="chief",
)
REFERRAL = Clock("referral", Limit(3, Unit.WORKING_DAYS))
REFERRAL_URGENT = Limit(2 * HOUR, Unit.ELAPSED_SECONDS)
REFERRAL_LAPSE = Clock("referral-lapse", Limit(14, Unit.CALENDAR_DAYS), kind="deadline")
NOTIFIABLE = Clock("notifiable", Limit(24 * HOUR, Unit.ELAPSED_SECONDS))
NOTIFIABLE_CLASS_A = Limit(2 * HOUR, Unit.ELAPSED_SECONDS)
BREAK_GLASS_REVIEW = Clock(
    "break-glass-review",
    Limit(1, Unit.WORKING_DAYS),
    # Reading a record against consent is an alarm in itself when nobody looks into it in time.
    escalate=Limit(1, Unit.WORKING_DAYS),
)

VISIT_CLOCKS = (NO_SHOW, WAITING, CRITICAL_RESULT)
REFERRAL_CLOCKS = (REFERRAL, REFERRAL_LAPSE)
REPORT_CLOCKS = (NOTIFIABLE,)
ARCHIVE_CLOCKS = (BREAK_GLASS_REVIEW,)

BOOKABLE_DAYS_AHEAD = 14
CHANGE_BEFORE = timedelta(hours=2)
"""Until when a patient may still move or cancel a booking."""
ABSENT_AFTER = timedelta(minutes=3)
NO_SHOWS = 3
NO_SHOWS_WITHIN = timedelta(days=90)
BAN = timedelta(days=90)
"""Elapsed time: what keeps somebody away does not grow by a holiday at its end."""

DAYS_EMERGENCY = 3
DAYS_USUAL = 7
DAYS_LONG_TERM = 84

BARTHEL_DEPENDENT = 60
"""At or below this the person needs help with daily life (moderate dependence)."""
BARTHEL_LOSS = 10
"""So many points fewer than at admission are a loss, whatever the score."""
