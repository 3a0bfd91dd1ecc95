package framebuffer.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.app.config.ConfigSection.Entry;
import framebuffer.app.house.EntryGroup.Change;
import framebuffer.testkit.Await;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EntryGroupTest {
    private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
    private final AtomicLong now = new AtomicLong();
    private volatile boolean refusing;
    private volatile boolean broken;
    private final EntryGroup<String, Member> group = new EntryGroup<>("thing", this::start, _ -> broken, now::get);

    /** Runs until it is closed. */
    private final class Member implements AutoCloseable {
        private final String id;

        Member(String id) {
            this.id = id;
        }

        @Override
        public void close() {
            events.add("closed " + id);
        }
    }

    private Member start(String id, String options) {
        events.add("started " + id + " " + options);
        if (refusing) {
            throw new IllegalStateException("not today");
        }
        return new Member(id);
    }

    private static Entry<String> entry(String options) {
        return new Entry<>(options, List.of(options));
    }

    private void saw(String... all) {
        Await.until(List.of(all) + " happened", () -> events.size() >= all.length);
        assertThat(events).containsExactlyInAnyOrder(all);
        events.clear();
    }

    @Test
    void onlyWhatChangedIsDisturbed() {
        assertThat(group.apply(Map.of("a", entry("1"), "b", entry("1"))).added()).containsExactlyInAnyOrder("a", "b");
        saw("started a 1", "started b 1");
        Change change = group.apply(Map.of("a", entry("1"), "b", entry("2"), "c", entry("1")));
        assertThat(change).isEqualTo(new Change(List.of("c"), List.of("b"), List.of()));
        saw("closed b", "started b 2", "started c 1");
        assertThat(group.apply(Map.of("a", entry("1"))).removed()).containsExactlyInAnyOrder("b", "c");
        saw("closed b", "closed c");
        group.close();
        saw("closed a");
    }

    @Test
    void whatCannotStartTriesAgainAfterAPause() {
        refusing = true;
        group.apply(Map.of("a", entry("1")));
        saw("started a 1");
        tendUntilItRests();
        refusing = false;
        now.addAndGet(EntryGroup.PAUSE.toNanos() - 1);
        group.tend();
        assertThat(events).isEmpty();
        now.incrementAndGet();
        group.tend();
        saw("started a 1");
    }

    @Test
    void whatFailsStartsAgainAfterAPause() {
        group.apply(Map.of("a", entry("1")));
        saw("started a 1");
        broken = true;
        tendUntilItRests();
        now.addAndGet(EntryGroup.PAUSE.toNanos());
        group.tend();
        saw("closed a", "started a 1");
    }

    private void tendUntilItRests() {
        Await.until("the failure is seen", () -> {
            group.tend();
            return group.resting() == 1;
        });
    }

    @Test
    void aStopEndsAStartThatHangs() {
        EntryGroup<String, Member> hanging = new EntryGroup<>("thing", (_, _) -> {
            events.add("hangs");
            new CountDownLatch(1).await();
            throw new IllegalStateException("unreachable");
        }, _ -> false, now::get);
        hanging.apply(Map.of("a", entry("1")));
        saw("hangs");
        assertThat(hanging.apply(Map.of()).removed()).containsExactly("a");
    }
}
