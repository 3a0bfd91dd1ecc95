package framebuffer.trials.bench.flow;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.trials.bench.rig.BenchFrames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sends frames of all cameras in turn at a fixed rate, each to the partition of its camera. */
final class SteadySender implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(2);
    private static final String PREFIX = "steady-";

    private final PartitionLayout partitions;
    private final int fps;
    private final int cameras;
    private final List<RedisLoop> loops = new ArrayList<>();
    private volatile long startedAt;
    private volatile long last = Long.MAX_VALUE;

    SteadySender(PartitionLayout partitions, int fps, int cameras) {
        this.partitions = partitions;
        this.fps = fps;
        this.cameras = cameras;
    }

    void start() {
        startedAt = System.nanoTime();
        partitions.all().forEach(one -> loops.add(new RedisLoop("sender", one.redis(), new Sending(one)).start()));
    }

    /** Stops; returns the number of frames sent. */
    long finish() {
        last = due();
        loops.forEach(RedisLoop::close);
        return last;
    }

    private long due() {
        return Math.min(last, (System.nanoTime() - startedAt) / 1_000 * fps / 1_000_000);
    }

    private String camera(long frame) {
        return "cam" + frame % cameras;
    }

    /** The number of a frame by its id. */
    static long number(String frameId) {
        return Long.parseLong(frameId.substring(PREFIX.length()));
    }

    @Override
    public void close() {
        loops.forEach(RedisLoop::close);
    }

    private final class Sending implements RedisLoop.Work {
        private final Partition partition;
        private long next;

        Sending(Partition partition) {
            this.partition = partition;
        }

        @Override
        public void runOnce(RedisConnection redis) {
            send(redis, due());
        }

        private void send(RedisConnection redis, long to) {
            int sent = 0;
            for (long frame = next; frame < to; frame++) {
                if (partitions.of(camera(frame)).equals(partition)) {
                    List<Object> line = new ArrayList<>(
                            BenchFrames.announcement(PREFIX + frame, camera(frame), frame, 0));
                    line.set(0, partition.keys().capture());
                    redis.send("XADD", line);
                    sent++;
                }
            }
            next = to;
            for (int i = 0; i < sent; i++) {
                redis.receive();
            }
        }

        @Override
        public Duration rest() {
            return LOOK;
        }

        @Override
        public void stopping(RedisConnection redis) {
            send(redis, due());
        }
    }
}
