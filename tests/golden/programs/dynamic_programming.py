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
    t1_1_history = []
    t1_history = []
    rows, columns = cost.shape
    table = cost.copy()
    for i in range(rows):
        for j in range(columns):
            t1 = i > 0
            if t1:
                t1 = j > 0
            if t1:
                first = table[i - 1, j]
                second = table[i, j - 1]
                t1_1 = second < first
                t14 = second if t1_1 else first
                table[i, j] += t14
                t1_1_history.append(t1_1)
            elif i > 0:
                table[i, j] += table[i - 1, j]
            elif j > 0:
                table[i, j] += table[i, j - 1]
            t1_history.append(t1)
    # line 17: return table[-1, -1]
    dtable = np.zeros(table.shape)
    dtable[-1, -1] = 1.0
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            t1 = t1_history.pop()
            if t1:
                t1_1 = t1_1_history.pop()
                t2 = i - 1
                t4 = j - 1
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
            elif i > 0:
                # line 14: table[i, j] += table[i - 1, j]
                dtable[i - 1, j] += dtable[i, j]
            elif j > 0:
                # line 16: table[i, j] += table[i, j - 1]
                dtable[i, j - 1] += dtable[i, j]
    return dtable
