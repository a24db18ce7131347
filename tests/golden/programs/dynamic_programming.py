"""A table filled in place: the cost of the cheapest way through a grid, and who pays for it."""

import numpy as np


def dynamic_programming(cost):
    rows, columns = cost.shape
    table = cost.copy()
    for i in range(rows):
        for j in range(columns):
            if i > 0 and j > 0:
                table[i, j] += min(table[i - 1, j], table[i, j - 1])
            elif i > 0:
                table[i, j] += table[i - 1, j]
            elif j > 0:
                table[i, j] += table[i, j - 1]
    return table[-1, -1]


ARGUMENTS = (np.array([[1.0, 3.0, 2.0], [0.5, 1.5, 4.0], [2.5, 0.7, 1.1]]),)


# ------------------------------ its derivative ------------------------------

import numpy as np


def ddynamic_programming(cost):
    t10 = None
    t11 = None
    t1_1 = None
    t2 = None
    t4 = None
    t7 = None
    t8 = None
    history = []
    rows, columns = cost.shape
    table = cost.copy()
    for i in range(rows):
        for j in range(columns):
            t1 = i > 0
            if t1:
                t1 = j > 0
            if t1:
                t2 = i - 1
                first = table[t2, j]
                t4 = j - 1
                second = table[i, t4]
                t1_1 = second < first
                t14 = second if t1_1 else first
                table[i, j] += t14
            else:
                t7 = i > 0
                if t7:
                    t8 = i - 1
                    table[i, j] += table[t8, j]
                else:
                    t10 = j > 0
                    if t10:
                        t11 = j - 1
                        table[i, j] += table[i, t11]
            history.append((t1, t10, t11, t1_1, t2, t4, t7, t8))
    # line 17: return table[-1, -1]
    dtable = np.zeros(table.shape)
    dtable[-1, -1] = 1.0
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            t1, t10, t11, t1_1, t2, t4, t7, t8 = history.pop()
            if t1:
                # line 12: table[i, j] += min(table[i - 1, j], table[i, j - 1])
                dt14 = dtable[i, j]
                if t1_1:
                    dsecond = dt14
                    dfirst = 0.0
                else:
                    dfirst = dt14
                    dsecond = 0.0
                dtable[i, t4] += dsecond
                dtable[t2, j] += dfirst
            elif t7:
                # line 14: table[i, j] += table[i - 1, j]
                dtable[t8, j] += dtable[i, j]
            elif t10:
                # line 16: table[i, j] += table[i, j - 1]
                dtable[i, t11] += dtable[i, j]
    return dtable
