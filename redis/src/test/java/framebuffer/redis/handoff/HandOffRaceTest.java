package framebuffer.redis.handoff;

import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several instances that all consider the same frames their own. */
class HandOffRaceTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final int FRAMES = 500;
    private static final List<String> QUEUES = List.of("frames:ready:a", "frames:ready:b", "frames:ready:c");

    private final CaptureStream capture = new CaptureStream(redis);

    @RepeatedTest(5)
    void eachFrameIsInItsQueuesOnceWhoeverWins() throws Exception {
        long seed = System.nanoTime();
        List<StreamEntry> frames = capture.frames(FRAMES);
        CyclicBarrier together = new CyclicBarrier(3);
        List<Callable<Integer>> instances = IntStream.range(0, 3).<Callable<Integer>>mapToObj(i -> () -> {
            RedisConnection connection = redis.connect();
            together.await();
            return instance(connection, frames, new Random(seed + i));
        }).toList();
        int moved = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> future : threads.invokeAll(instances)) {
                moved += future.get();
            }
        }
        assertThat(moved).as("seed %d", seed).isEqualTo(FRAMES);
        List<String> arrived = new ArrayList<>();
        for (String queue : QUEUES) {
            List<String> names = capture.queued(queue);
            assertThat(names.size()).as("room, seed %d", seed).isLessThanOrEqualTo(400);
            arrived.addAll(names);
        }
        // Every fifth frame goes to two queues.
        assertThat(arrived).as("seed %d", seed).hasSize(FRAMES + FRAMES / 5);
        assertThat(arrived.stream().distinct()).hasSize(FRAMES);
        assertThat(capture.pending()).isEmpty();
        assertThat(redis.length(KEYS.capture())).isZero();
    }

    /** Sometimes takes frames over, and hands all of them off, two batches in flight. */
    private static int instance(RedisConnection connection, List<StreamEntry> frames, Random random) {
        HandOff handOff = new HandOff(KEYS, CaptureStream.CONSUMER, HandOff.HandOffLimits.DEFAULT, 1);
        handOff.prepare(connection);
        List<StreamEntry> mine = new ArrayList<>(frames);
        if (random.nextBoolean()) {
            Collections.shuffle(mine, random);
        }
        int moved = 0;
        HandOff.InFlight before = null;
        for (int from = 0; from < FRAMES;) {
            int to = Math.min(FRAMES, from + 1 + random.nextInt(40));
            List<StreamEntry> some = mine.subList(from, to);
            if (before == null && random.nextBoolean()) {
                for (StreamEntry frame : some) {
                    connection.call("XCLAIM", KEYS.capture(), GROUP, "instance-" + random.nextInt(9), 0,
                            frame.id().toString(), "JUSTID");
                }
            }
            HandOff.InFlight now = handOff.begin(connection, new HandOff.HandOffBatch(SOURCE,
                    Map.of(QUEUES.get(0), 400, QUEUES.get(1), 400, QUEUES.get(2), 400), null,
                    some.stream().<Move>map(frame -> move(frame, random)).toList()));
            moved += before == null ? 0 : moved(before);
            before = now;
            from = to;
        }
        return moved + (before == null ? 0 : moved(before));
    }

    private static Move move(StreamEntry frame, Random random) {
        int number = Integer.parseInt(CaptureStream.name(frame).substring(1));
        int queue = random.nextInt(3);
        return number % 5 == 0
                ? to(frame, QUEUES.get(queue), QUEUES.get((queue + 1) % 3))
                : to(frame, QUEUES.get(queue));
    }

    private static int moved(HandOff.InFlight batch) {
        return Collections.frequency(batch.await().outcomes(), Move.MoveOutcome.MOVED);
    }
}
