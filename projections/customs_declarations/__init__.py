"""What people may read of customs declarations: one module a read model.

``status`` for buyer and platform · ``desk`` for who mends mismatches · ``quota`` for the buyer ·
``tax`` for settlement · ``stock`` for bonded warehouses · ``trace`` for everybody · ``enterprises``
for customs · ``trade`` for commerce and statistics.
"""
