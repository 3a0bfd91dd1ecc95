package framebuffer.orchestrator.pipeline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.redis.handoff.ReturnVerifier.JudgedReturns;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The reader, turn by turn, on a stream in memory. */
class ReadAheadTest {
    private static final int BATCH = 40;

    private final Inbox inbox = new Inbox();
    private final FakeStream stream = new FakeStream();
    private final ReadAhead reader = reader(SourceKind.CAPTURE);

    private ReadAhead reader(SourceKind kind) {
        return new ReadAhead(new FrameSource("frames", "group", kind), inbox, BATCH, 1_000, Duration.ZERO);
    }

    /** A stream with one group and one consumer: a read entry is pending from then on. */
    private static final class FakeStream implements ReadAhead.SourceReads {
        private final List<StreamEntry> added = new ArrayList<>();
        private final List<StreamEntry> pending = new ArrayList<>();
        private final List<Integer> asked = new ArrayList<>();
        private boolean groupMissing = true;

        void add(long... numbers) {
            LongStream.of(numbers).forEach(number -> added.add(entry(number, "x")));
        }

        void loseGroup() {
            groupMissing = true;
            added.addAll(0, pending);
            pending.clear();
        }

        @Override
        public boolean ensureGroup() {
            boolean made = groupMissing;
            groupMissing = false;
            return made;
        }

        @Override
        public List<StreamEntry> readPending(EntryId after, int atMost) {
            asked.add(atMost);
            return pending.stream().filter(entry -> entry.id().compareTo(after) > 0).limit(atMost).toList();
        }

        @Override
        public List<StreamEntry> readNew(int atMost, Duration wait) {
            asked.add(atMost);
            List<StreamEntry> next = added.subList(0, Math.min(atMost, added.size()));
            List<StreamEntry> read = List.copyOf(next);
            pending.addAll(read);
            next.clear();
            return read;
        }

        @Override
        public JudgedReturns judge(List<StreamEntry> returned) {
            return new JudgedReturns(Set.of(), Map.of());
        }
    }

    private static StreamEntry entry(long number, String payload) {
        return new StreamEntry(new EntryId(number, 0), Fields.ofText("frame", payload));
    }

    private void turns(int turns) throws InterruptedException {
        for (int i = 0; i < turns; i++) {
            reader.turn(stream);
        }
    }

    private List<Delivery> delivered() throws InterruptedException {
        List<Delivery> all = new ArrayList<>();
        for (Delivery next = inbox.poll(Duration.ZERO, Inbox.Room.ALL); next != null; next = inbox.poll(Duration.ZERO,
                Inbox.Room.ALL)) {
            all.add(next);
        }
        return all;
    }

    private List<Long> numbers() throws InterruptedException {
        return delivered().stream().flatMap(delivery -> delivery.entries().stream()).map(entry -> entry.id().millis())
                .toList();
    }

    @Test
    void makesTheGroupWhenItConnects() {
        reader.connected(stream);
        assertThat(stream.groupMissing).isFalse();
    }

    @Test
    void readsPendingEntriesBeforeNewOnes() throws InterruptedException {
        stream.pending.add(entry(1, "x"));
        stream.add(2);
        reader.connected(stream);
        turns(1);
        assertThat(numbers()).containsExactly(1L);
        turns(2);
        assertThat(numbers()).containsExactly(2L);
    }

    @Test
    void readsAllPendingEntriesBatchByBatch() throws InterruptedException {
        LongStream.rangeClosed(1, ReadAhead.UNTRIED + 1).forEach(number -> stream.pending.add(entry(number, "x")));
        reader.connected(stream);
        turns(2);
        assertThat(numbers()).hasSize(ReadAhead.UNTRIED + 1).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void beginsAgainWithPendingEntriesInALaterEpoch() throws InterruptedException {
        stream.add(1);
        reader.connected(stream);
        turns(2);
        long epoch = delivered().getFirst().epoch();
        reader.beginAgain();
        turns(1);
        assertThat(delivered()).singleElement().satisfies(delivery -> {
            assertThat(delivery.epoch()).isEqualTo(epoch + 1);
            assertThat(delivery.entries()).containsExactlyElementsOf(stream.pending);
        });
    }

    @Test
    void beginsAgainOnANewConnection() throws InterruptedException {
        stream.add(1);
        reader.connected(stream);
        turns(2);
        assertThat(numbers()).containsExactly(1L);
        reader.connected(stream);
        turns(1);
        assertThat(numbers()).containsExactly(1L);
    }

    /** The inbox is full, and the reader holds one further delivery. */
    private void fillTheInbox() throws InterruptedException {
        reader.connected(stream);
        turns(1);
        for (int number = 1; number <= Inbox.DELIVERIES + 1; number++) {
            stream.add(number);
            turns(1);
        }
    }

    @Test
    void readsNothingWhileTheInboxIsFull() throws InterruptedException {
        fillTheInbox();
        stream.add(9);
        turns(3);
        assertThat(stream.added).hasSize(1);
        assertThat(numbers()).containsExactly(1L, 2L);
        turns(2);
        assertThat(numbers()).containsExactly(3L, 9L);
    }

    @Test
    void dropsTheDeliveryThatFoundNoRoomWhenItBeginsAgain() throws InterruptedException {
        fillTheInbox();
        delivered();
        reader.beginAgain();
        turns(2);
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void beginsAgainWhenTheGroupVanishesWhileTheInboxIsFull() throws InterruptedException {
        fillTheInbox();
        stream.loseGroup();
        turns(1);
        assertThat(stream.groupMissing).isFalse();
        long before = delivered().getLast().epoch();
        turns(2);
        assertThat(delivered()).singleElement().satisfies(delivery -> {
            assertThat(delivery.epoch()).isEqualTo(before + 1);
            assertThat(delivery.entries()).hasSize(3);
        });
    }

    @Test
    void deliversPendingEntriesWhoseFieldsAreGone() throws InterruptedException {
        StreamEntry deleted = new StreamEntry(new EntryId(1, 0), null);
        stream.pending.add(deleted);
        reader.connected(stream);
        turns(1);
        assertThat(delivered()).singleElement().satisfies(
                delivery -> assertThat(delivery.entries()).containsExactly(deleted));
    }

    @Test
    void readsFewEntriesAtFirstAndThenAsManyAsTheirSizeAllows() throws InterruptedException {
        stream.pending.add(entry(1, "x".repeat(95)));
        stream.add(2);
        reader.connected(stream);
        turns(3);
        assertThat(stream.asked).startsWith(ReadAhead.UNTRIED, 10, 10);
    }

    @Test
    void readsNoMoreThanABatchHoweverSmallEntriesAre() throws InterruptedException {
        stream.add(1);
        reader.connected(stream);
        turns(3);
        assertThat(stream.asked.getLast()).isEqualTo(BATCH);
    }

    @Test
    void readsOneEntryAtATimeWhenEntriesAreLargerThanTheLimit() throws InterruptedException {
        stream.pending.add(entry(1, "x".repeat(5_000)));
        reader.connected(stream);
        turns(2);
        assertThat(stream.asked.getLast()).isOne();
    }

    @Test
    void deliversCapturedFramesAsFreshAndFramesGivenBackAsReturned() throws InterruptedException {
        stream.pending.add(entry(1, "x"));
        for (SourceKind kind : List.of(SourceKind.CAPTURE, SourceKind.RETURNED)) {
            ReadAhead one = reader(kind);
            one.connected(stream);
            one.turn(stream);
        }
        assertThat(delivered()).hasExactlyElementsOfTypes(Delivery.Returned.class, Delivery.Fresh.class);
    }
}
