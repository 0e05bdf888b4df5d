"""What people may read of care orders: one module a read model, or two that belong together.

``orders`` for an elder's page · ``visits`` for a visit's page and a carer's phone · ``missed`` for who
looks after elders whom nobody visited · ``providers`` for who looks for a place · ``settlements`` for
finance · ``coverage`` for leaders · ``elders`` for what stands of an elder whatever the order.
"""
