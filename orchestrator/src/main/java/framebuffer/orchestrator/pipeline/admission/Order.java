package framebuffer.orchestrator.pipeline.admission;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Places in an order. Those that are left stay until they get to the front, or are about as many as the others: to look for each at
 * once would cost more.
 */
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

    /** The first that is not left; there is one. */
    CameraRank<W> first() {
        while (places.element().isLeft()) {
            places.remove();
        }
        return places.element();
    }

    /** Those that are not left, in order. */
    List<CameraRank<W>> all() {
        return places.stream().filter(rank -> !rank.isLeft()).sorted(places.comparator()).toList();
    }
}
