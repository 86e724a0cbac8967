"""Numbers of measurements: whole inside the view, none over another."""

from itertools import combinations

from PySide6.QtCore import QPointF, QRectF, QSizeF

from ccsd_app.qt.slices.mark_painter import CROSS_PX, text_box

AREA = QRectF(0, 0, 300, 200)
SIZE = QSizeF(110, 14)


def test_numbers_stand_right_of_their_point_where_there_is_room():
    box = text_box(QPointF(100, 50), SIZE, AREA, ())
    assert (box.left(), box.center().y()) == (100 + 2 * CROSS_PX, 50)


def test_numbers_stay_whole_in_the_view_wherever_the_point_is():
    for x in range(0, 301, 5):
        for y in range(0, 201, 5):
            box = text_box(QPointF(x, y), SIZE, AREA, ())
            assert AREA.contains(box), (x, y)
            assert not box.contains(QPointF(x, y)), (x, y)


def test_numbers_of_points_close_together_are_not_over_each_other():
    taken: list[QRectF] = []
    for x, y in ((100, 50), (102, 55), (250, 52), (98, 60)):
        taken.append(text_box(QPointF(x, y), SIZE, AREA, taken))
    for one, other in combinations(taken, 2):
        assert not one.intersects(other)
