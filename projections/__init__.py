"""What people may read: one module a programme, rows and pure folds."""
