package framebuffer.orchestrator.pipeline.admission;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Ranks in order. An abandoned rank stays until it reaches the front or about half are abandoned: removing each at once costs more. */
final class Order<W extends WindowItem> {
    private static final int SLACK = 64;

    private final PriorityQueue<CameraRank<W>> places;
    private int most = SLACK;

    Order(Comparator<CameraRank<W>> order) {
        places = new PriorityQueue<>(order);
    }

    void add(CameraRank<W> rank) {
        if (places.size() >= most) {
            places.removeIf(CameraRank::isLeft);
            most = 2 * places.size() + SLACK;
        }
        places.add(rank);
    }

    /** The first valid rank; there is one. */
    CameraRank<W> first() {
        while (places.element().isLeft()) {
            places.remove();
        }
        return places.element();
    }

    /** All valid ranks, in order. */
    List<CameraRank<W>> all() {
        return places.stream().filter(rank -> !rank.isLeft()).sorted(places.comparator()).toList();
    }
}
