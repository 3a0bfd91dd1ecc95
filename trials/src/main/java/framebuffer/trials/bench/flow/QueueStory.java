package framebuffer.trials.bench.flow;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The frames of {@link SteadySender} in the unread queues of one processor.
 *
 * @param frames frames sent
 * @param missing frames in no queue
 * @param twice frames that are in a queue again
 * @param outOfOrder frames behind a later frame of their camera
 * @param arrivals times of arrival for each partition, in milliseconds since 1970
 */
record QueueStory(long frames, long missing, long twice, long outOfOrder, List<List<Long>> arrivals) {
    private static final int PAGE = 2_000;

    QueueStory {
        arrivals = List.copyOf(arrivals);
    }

    static QueueStory read(RedisConnection redis, PartitionLayout partitions, String processor, long frames) {
        BitSet seen = new BitSet();
        Map<String, Long> last = new HashMap<>();
        long twice = 0;
        long outOfOrder = 0;
        List<List<Long>> arrivals = new ArrayList<>();
        for (Partition partition : partitions.all()) {
            List<Long> times = new ArrayList<>();
            for (StreamEntry entry : all(redis, partition.keys().queue(Keys.READY + processor))) {
                String camera = String.valueOf(entry.fields() == null ? null : entry.fields().text("camera_id"));
                long frame = SteadySender
                        .number(String.valueOf(entry.fields() == null ? null : entry.fields().text("frame_id")));
                twice += seen.get((int) frame) ? 1 : 0;
                outOfOrder += last.getOrDefault(camera, -1L) > frame ? 1 : 0;
                seen.set((int) frame);
                last.merge(camera, frame, Math::max);
                times.add(entry.id().millis());
            }
            arrivals.add(times);
        }
        return new QueueStory(frames, frames - seen.cardinality(), twice, outOfOrder, arrivals);
    }

    private static List<StreamEntry> all(RedisConnection redis, String stream) {
        List<StreamEntry> all = new ArrayList<>();
        String from = "-";
        while (true) {
            List<StreamEntry> page = Replies.entries(redis.call("XRANGE", stream, from, "+", "COUNT", PAGE));
            all.addAll(page);
            if (page.size() < PAGE) {
                return all;
            }
            from = "(" + page.getLast().id();
        }
    }

    boolean isAsItMust() {
        return frames > 0 && missing == 0 && twice == 0 && outOfOrder == 0;
    }

    /** The longest time between two arrivals in the queue of one partition that ended in this period, in milliseconds. */
    long longestGap(long from, long until) {
        long longest = 0;
        for (List<Long> times : arrivals) {
            for (int i = 1; i < times.size(); i++) {
                if (times.get(i) >= from && times.get(i) < until) {
                    longest = Math.max(longest, times.get(i) - times.get(i - 1));
                }
            }
        }
        return longest;
    }
}
