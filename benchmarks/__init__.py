"""Speed and memory compared with the peers, as ratios within one run, on one thread."""

import os

# numpy reads these when it is first imported.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
# JAX reads this.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
