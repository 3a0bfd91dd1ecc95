package framebuffer.orchestrator.cluster.partitions;

import framebuffer.redis.tables.ShareStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Shares and grants in memory, of several partitions with the same queues; the test sets the outstanding frames. */
final class FakeShares implements ShareStore.Grants {
    private final Map<Integer, FakeStore> stores = new HashMap<>();
    private final Map<String, ShareStore.VersionedCount> granted = new HashMap<>();
    private final Map<String, String> reports = new HashMap<>();
    private long versions;

    /** The shares of one partition. */
    static final class FakeStore implements ShareStore {
        private final Map<String, VersionedCount> shares = new HashMap<>();
        private final Map<String, Long> outstanding = new HashMap<>();

        void setOutstanding(String queue, long frames) {
            outstanding.put(queue, frames);
        }

        private OwnShare own(String queue) {
            Long frames = outstanding.get(queue);
            return new OwnShare(shares.getOrDefault(queue, VersionedCount.NONE),
                    frames == null ? OptionalLong.empty() : OptionalLong.of(frames));
        }

        @Override
        public Map<String, OwnShare> read(List<String> queues) {
            Map<String, OwnShare> read = new HashMap<>();
            queues.forEach(queue -> read.put(queue, own(queue)));
            return read;
        }

        @Override
        public Map<String, OwnShare> readAll() {
            return read(List.copyOf(shares.keySet()));
        }

        @Override
        public Map<String, OwnShare> set(List<ShareChange> changes) {
            Map<String, OwnShare> done = new HashMap<>();
            changes.stream().filter(change -> own(change.queue()).share().equals(change.seen())).forEach(change -> {
                shares.put(change.queue(), change.wanted());
                done.put(change.queue(), own(change.queue()));
            });
            return done;
        }

        @Override
        public void remove(Map<String, OwnShare> seen, Map<String, String> owners) {
            seen.forEach((queue, own) -> {
                if (!outstanding.containsKey(queue)) {
                    shares.remove(queue, own.share());
                }
            });
        }
    }

    FakeStore partition(int number) {
        return stores.computeIfAbsent(number, _ -> new FakeStore());
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public Reading publish(int partition, String demand) {
        reports.put(Integer.toString(partition), demand);
        return new Reading(Map.copyOf(granted), Map.copyOf(reports), 0);
    }

    @Override
    public Map<String, ShareStore.VersionedCount> set(int partition, int partitions, List<GrantChange> changes) {
        Map<String, ShareStore.VersionedCount> done = new HashMap<>();
        for (GrantChange change : changes) {
            String field = change.processor() + ' ' + partition;
            ShareStore.VersionedCount stands = granted.getOrDefault(field, ShareStore.VersionedCount.NONE);
            if (!stands.version().equals(change.seen().version())) {
                continue;
            }
            if (change.wanted().isEmpty()) {
                granted.remove(field);
                done.put(change.processor(), ShareStore.VersionedCount.NONE);
                continue;
            }
            long others = granted.entrySet().stream()
                    .filter(one -> one.getKey().startsWith(change.processor() + ' ') && !one.getKey().equals(field))
                    .mapToLong(one -> one.getValue().frames()).sum();
            long frames = change.wanted().getAsLong() <= stands.frames()
                    ? change.wanted().getAsLong()
                    : Math.min(change.wanted().getAsLong(), change.capacity() - others);
            if (frames > stands.frames() || change.wanted().getAsLong() <= stands.frames()) {
                granted.put(field, ShareStore.VersionedCount.of(frames, Long.toString(++versions)));
                done.put(change.processor(), granted.get(field));
            }
        }
        return done;
    }

    ShareStore.VersionedCount granted(String processor, int partition) {
        return granted.getOrDefault(processor + ' ' + partition, ShareStore.VersionedCount.NONE);
    }
}
