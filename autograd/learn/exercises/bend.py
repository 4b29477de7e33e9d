"""Two layers that are one.

This network has two layers and nine parameters, but it cannot learn xor, however long it is trained.
Add what is missing between the layers.
"""


def forward(x, y, p):
    h1 = x * p[0] + y * p[1] + p[2]
    h2 = x * p[3] + y * p[4] + p[5]
    return h1 * p[6] + h2 * p[7] + p[8]
