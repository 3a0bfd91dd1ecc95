package framebuffer.redis;

import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.cluster.CutTakeOver;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.handoff.Fenced;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.redis.queues.AnswerWriter.AnswerRoute;
import framebuffer.redis.queues.DeadLetterStore;
import framebuffer.redis.queues.DeadLetterStore.CleanupResult;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterQuery;
import framebuffer.redis.queues.DeadLetterStore.ListOrder;
import framebuffer.redis.queues.DeadLetterStore.StoredDeadLetter;
import framebuffer.redis.queues.QueueSweep;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.Processing;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random operations on frames: the ledger balances at every instant, and each frame ends exactly once. */
class LedgerInvariantTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final List<String> QUEUES = List.of("frames:ready:a", "frames:ready:b", "frames:ready:c");
    private static final FrameSource RETURNED = new FrameSource(KEYS.returned(), GROUP,
            FrameSource.SourceKind.RETURNED);
    private static final int CAPACITY = 20;

    private final HandOff handOff = new HandOff(KEYS, CaptureStream.CONSUMER, HandOff.HandOffLimits.DEFAULT);
    private final List<Instance> instances = List.of(new Instance("instance-1"), new Instance("instance-2"));
    private final List<Processing> processors = QUEUES.stream()
            .map(queue -> new Processing(redis, KEYS,
                    new AnswerRoute(queue, "g", queue, KEYS.results(), AnswerWriter.RESULTS_KEPT)))
            .toList();
    private final Map<Processing, List<StreamEntry>> held = new HashMap<>();
    private final QueueSweep sweep = new QueueSweep(KEYS);
    private final DeadLetterStore store = new DeadLetterStore(KEYS);
    private int captured;

    /** An instance and the frames it has read. */
    private static final class Instance {
        private final String name;
        private final GroupReader reader;
        private final GroupReader returns;
        private final List<StreamEntry> waiting = new ArrayList<>();
        private final List<StreamEntry> uncounted = new ArrayList<>();
        private final List<StreamEntry> back = new ArrayList<>();
        private EntryId known = EntryId.FIRST;

        Instance(String name) {
            this.name = name;
            this.reader = new GroupReader(KEYS.capture(), GROUP, name);
            this.returns = new GroupReader(KEYS.returned(), GROUP, name);
        }
    }

    @ParameterizedTest
    @MethodSource("framebuffer.redis.testing.Seeds#some")
    void theLedgerBalancesAtEveryInstant(long seed) {
        Random random = new Random(seed);
        handOff.prepare(redis.connection());
        for (Instance instance : instances) {
            instance.reader.ensureGroup(redis.connection());
            instance.returns.ensureGroup(redis.connection());
            instance.known = handOff.mark(redis.connection(), instance.name).cursor();
        }
        for (int step = 0; step < 250; step++) {
            step(random);
            balances("seed " + seed + ", step " + step);
        }
        finish(random);
        LedgerReader.LedgerReading end = balances("seed " + seed + ", end");
        assertThat(end.underWay()).as("seed %d", seed).isZero();
        assertThat(sum(end, "captured")).as("seed %d", seed).isEqualTo(captured);
        store.tidy(redis.connection(), 1_000, Instant.now().plusSeconds(1), CleanupResult.START);
        assertThat(redis.length(KEYS.deadLetter())).as("seed %d", seed).isZero();
        assertThat(redis.hash(KEYS.parts())).as("seed %d", seed).isEmpty();
    }

    private void step(Random random) {
        Instance instance = instances.get(random.nextInt(2));
        Processing processor = processors.get(random.nextInt(QUEUES.size()));
        switch (random.nextInt(15)) {
            case 10, 11 -> requeue(random);
            case 12 -> tidy(random);
            case 0 -> capture(random);
            case 1 -> read(instance, random);
            case 2, 3 -> handOff(instance, random);
            case 4 ->
                held.computeIfAbsent(processor, p -> new ArrayList<>()).addAll(processor.read(random.nextInt(6) + 1));
            case 5, 6 -> answer(processor, random);
            case 7 -> sweep(random.nextInt(QUEUES.size()));
            case 8 -> rescue(random);
            case 9 -> {
                if (random.nextInt(5) == 0) {
                    takeOver(instance, random);
                }
            }
            default -> handOffReturned(instance, random);
        }
    }

    private LedgerReader.LedgerReading balances(String when) {
        LedgerReader.LedgerReading reading = LedgerReader.read(redis.connection(), KEYS, GROUP, QUEUES);
        long ended = Stream.of("done", "dead", "lost").mapToLong(what -> sum(reading, what)).sum();
        assertThat(reading.underWay()).as("%s: %s", when, reading).isEqualTo(sum(reading, "captured") - ended);
        assertThat(reading.counts().values()).as("%s: %s", when, reading)
                .allMatch(counts -> counts.values().stream().allMatch(count -> count >= 0));
        return reading;
    }

    /** One instance is silent, dead or suspended; the other takes over its frames. */
    private void takeOver(Instance silent, Random random) {
        Instance taker = instances.get(1 - instances.indexOf(silent));
        InstanceStore store = new InstanceStore(KEYS, GROUP, taker.name);
        boolean cutOff = CutTakeOver.after(random.nextInt(4), store, redis.connection(), silent.name);
        assertThat(cutOff || store.takeOver(redis.connection(), silent.name, "", 100).complete()).isTrue();
        balances("after the take-over");
        beginAgain(taker);
        if (random.nextBoolean()) {
            beginAgain(silent);
        }
    }

    private void beginAgain(Instance instance) {
        instance.known = handOff.mark(redis.connection(), instance.name).cursor();
        List<StreamEntry> pending = instance.reader.readPending(redis.connection(), EntryId.FIRST, 10_000);
        instance.waiting.clear();
        instance.waiting.addAll(pending);
        instance.back.clear();
        instance.back.addAll(instance.returns.readPending(redis.connection(), EntryId.FIRST, 10_000));
        instance.uncounted.clear();
        instance.uncounted.addAll(pending.stream().filter(e -> e.id().compareTo(instance.known) > 0).toList());
    }

    private static long sum(LedgerReader.LedgerReading reading, String what) {
        return reading.counts().values().stream().mapToLong(counts -> counts.getOrDefault(what, 0L)).sum();
    }

    private void capture(Random random) {
        for (int i = random.nextInt(10); i > 0; i--) {
            redis.add(KEYS.capture(),
                    Fields.ofText("frame_id", "f" + captured++, "camera_id", "cam" + random.nextInt(3)));
        }
    }

    private void read(Instance instance, Random random) {
        List<StreamEntry> frames = instance.reader.readNew(redis.connection(), 1 + random.nextInt(8), Duration.ZERO);
        instance.waiting.addAll(frames);
        instance.uncounted.addAll(frames);
    }

    private void handOff(Instance instance, Random random) {
        Map<String, Integer> counts = new HashMap<>();
        instance.uncounted.forEach(frame -> counts
                .merge(frame.fields() == null ? Move.UNKNOWN_CAMERA : CaptureStream.camera(frame), 1, Integer::sum));
        HandOff.CapturedFrames counted = instance.uncounted.isEmpty()
                ? null
                : new HandOff.CapturedFrames(instance.name, instance.known, instance.uncounted.getLast().id(), counts);
        if (counted != null) {
            instance.known = counted.cursor();
        }
        instance.uncounted.clear();
        try {
            move(SOURCE, counted, instance.waiting, random);
        } catch (Fenced e) {
            beginAgain(instance);
        }
    }

    /** Takes frames from a queue, read or unread, whoever holds them. */
    private void rescue(Random random) {
        String queue = QUEUES.get(random.nextInt(QUEUES.size()));
        move(FrameSource.queue(queue), null, new ArrayList<>(redis.entries(queue)), random);
    }

    private void handOffReturned(Instance instance, Random random) {
        instance.back.addAll(instance.returns.readNew(redis.connection(), 1 + random.nextInt(8), Duration.ZERO));
        move(RETURNED, null, instance.back, random);
    }

    /** Moves some of the frames, and removes the moved ones from the list. */
    private void move(FrameSource source, HandOff.@org.jspecify.annotations.Nullable CapturedFrames counted,
            List<StreamEntry> frames,
            Random random) {
        List<StreamEntry> some = new ArrayList<>(frames);
        Collections.shuffle(some, random);
        some = some.subList(0, random.nextInt(some.size() + 1));
        List<Move> moves = new ArrayList<>();
        for (StreamEntry frame : some) {
            moves.add(move(source, frame, random));
        }
        Map<String, Integer> capacities = new HashMap<>();
        QUEUES.forEach(queue -> capacities.put(queue, CAPACITY));
        List<Move.MoveOutcome> outcomes = handOff
                .begin(redis.connection(), new HandOff.HandOffBatch(source, capacities, counted, moves)).await()
                .outcomes();
        for (int i = 0; i < some.size(); i++) {
            if (outcomes.get(i) == Move.MoveOutcome.MOVED || outcomes.get(i) == Move.MoveOutcome.GONE) {
                frames.remove(some.get(i));
            }
        }
    }

    private static Move move(FrameSource source, StreamEntry frame, Random random) {
        if (frame.fields() == null) {
            return new Move.Lost(frame.id(), frame.id(), Move.UNKNOWN_CAMERA);
        }
        boolean capture = source.kind() == FrameSource.SourceKind.CAPTURE;
        EntryId captureId = capture
                ? frame.id()
                : EntryId.parse(Objects.requireNonNull(Objects.requireNonNull(frame.fields()).text("capture_id")));
        Fields fields = CaptureStream.queued(frame, captureId);
        String camera = CaptureStream.camera(frame);
        int kind = random.nextInt(10);
        if (kind <= 1 || (kind == 2 && !capture)) {
            DeadLetter letter = new DeadLetter(Objects.requireNonNull(frame.fields()),
                    DeadLetter.DeadLetterReason.REJECTED, "",
                    Instant.EPOCH, new DeadLetter.DeadLetterSource(source.stream(), frame.id()), 1);
            return new Move.ToDeadLetters(frame.id(), captureId, camera, letter.encode());
        }
        if (kind == 2) {
            redis.call("XDEL", KEYS.capture(), frame.id().toString());
            return new Move.Lost(frame.id(), captureId, camera);
        }
        int targets = 1 + random.nextInt(3);
        return new Move.ToQueues(frame.id(), captureId, camera, IntStream.range(0, targets)
                .mapToObj(i -> new Move.QueueTarget(QUEUES.get(random.nextInt(3)), fields)).toList());
    }

    private void answer(Processing processor, Random random) {
        List<StreamEntry> mine = held.computeIfAbsent(processor, p -> new ArrayList<>());
        Collections.shuffle(mine, random);
        for (int i = Math.min(mine.size(), random.nextInt(4)); i > 0; i--) {
            StreamEntry entry = mine.removeLast();
            switch (random.nextInt(4)) {
                case 0 -> processor.returned(entry, ReturnedFrame.ReturnReason.RETRY);
                case 1 -> QUEUES.forEach(queue -> redis.call("XACK", queue, "g", entry.id().toString()));
                default -> processor.done(entry);
            }
        }
    }

    private void requeue(Random random) {
        List<StoredDeadLetter> some = new ArrayList<>(store
                .list(redis.connection(),
                        new DeadLetterQuery(ListOrder.OLDEST_FIRST, null, null, null, 1 + random.nextInt(9)))
                .letters());
        Collections.shuffle(some, random);
        some = some.subList(0, random.nextInt(some.size() + 1));
        assertThat(store.requeue(redis.connection(), some)).hasSize(some.size());
        assertThat(store.requeue(redis.connection(), some)).isEmpty();
    }

    /** Deletes dead letters: one by hand, the oldest if there are too many, or all if they are too old. */
    private void tidy(Random random) {
        switch (random.nextInt(4)) {
            case 0 -> store.list(redis.connection(), new DeadLetterQuery(ListOrder.NEWEST_FIRST, null, null, null, 1))
                    .letters()
                    .forEach(one -> assertThat(store.delete(redis.connection(), one.id())).isTrue());
            case 1 -> redis.call("XTRIM", KEYS.deadLetter(), "MAXLEN", random.nextInt(20));
            default ->
                store.tidy(redis.connection(), 1_000, Instant.now().minusMillis(random.nextInt(100)),
                        CleanupResult.START);
        }
    }

    private void sweep(int queue) {
        sweep.sweep(redis.connection(), Map.of(QUEUES.get(queue), "p" + queue));
    }

    /** Processes all frames until none is left. */
    private void finish(Random random) {
        for (int round = 0; round < 400; round++) {
            for (Instance instance : instances) {
                read(instance, random);
                handOff(instance, random);
                handOffReturned(instance, random);
            }
            for (Processing processor : processors) {
                held.computeIfAbsent(processor, p -> new ArrayList<>()).addAll(processor.read(20));
                answer(processor, random);
            }
            IntStream.range(0, QUEUES.size()).forEach(this::sweep);
            if (LedgerReader.read(redis.connection(), KEYS, GROUP, QUEUES).underWay() == 0
                    && instances.stream().allMatch(instance -> instance.waiting.isEmpty())) {
                return;
            }
        }
    }
}
