import pytest

from pipeline.errors import PipelineError
from pipeline.execute import map_on_cluster, map_over


def double(number: int) -> int:
    return 2 * number


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_order_is_kept_whatever_the_workers(workers: int) -> None:
    assert map_over(double, range(7), workers=workers) == [0, 2, 4, 6, 8, 10, 12]
    assert map_over(double, [], workers=workers) == []


@pytest.mark.slow
def test_a_cluster_gives_the_same() -> None:
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        found = map_on_cluster(double, range(5), address=cluster.scheduler_address)
    assert found == [0, 2, 4, 6, 8]


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_said() -> None:
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    with pytest.raises(PipelineError, match="does not answer"):
        map_on_cluster(double, [1], address="tcp://127.0.0.1:1")
