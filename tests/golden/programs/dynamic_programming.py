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
from srcad import runtime as rt


def ddynamic_programming(cost):
    t1_1_history = []
    seq = None
    t10 = None
    t11 = None
    t14 = None
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
                t3 = table[t2, j]
                t4 = j - 1
                best = t3
                seq = rt.sequence((t3, table[i, t4]))
                t14 = len(seq)
                for i_1 in range(t14):
                    item = seq[i_1]
                    t1_1 = item < best
                    if t1_1:
                        best = item
                    t1_1_history.append(t1_1)
                table[i, j] += best
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
            history.append((seq, t1, t10, t11, t14, t2, t4, t7, t8))
    # line 17: return table[-1, -1]
    dtable = np.zeros_like(table)
    dtable[-1, -1] = 1.0
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            seq, t1, t10, t11, t14, t2, t4, t7, t8 = history.pop()
            if t1:
                # line 12: table[i, j] += min(table[i - 1, j], table[i, j - 1])
                dbest = dtable[i, j]
                dseq = rt.zeros_like(seq)
                for i_1 in reversed(range(t14)):
                    t1_1 = t1_1_history.pop()
                    if t1_1:
                        # line 12: table[i, j] += min(table[i - 1, j], table[i, j - 1])
                        ditem = dbest
                        dbest = 0.0
                    else:
                        ditem = 0.0
                    # line 12: table[i, j] += min(table[i - 1, j], table[i, j - 1])
                    rt.accumulate(dseq, i_1, ditem)
                dtable[i, t4] += dseq[1]
                dtable[t2, j] += dbest + dseq[0]
            elif t7:
                # line 14: table[i, j] += table[i - 1, j]
                dtable[t8, j] += dtable[i, j]
            elif t10:
                # line 16: table[i, j] += table[i, j - 1]
                dtable[i, t11] += dtable[i, j]
    # line 8: table = cost.copy()
    return dtable
