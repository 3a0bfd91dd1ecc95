package framebuffer.orchestrator.observability.results;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Two partitions in one Redis, and results that the test writes to them. For one thread at a time. */
final class StoredResults implements AutoCloseable {
    final List<Partition> partitions;
    private final RedisConnection redis;

    StoredResults(RedisAddress address) {
        redis = RedisConnection.open(address);
        redis.call("FLUSHALL");
        partitions = IntStream.range(0, 2).mapToObj(p -> new Partition(p, address, new Keys("{p" + p + "}"))).toList();
    }

    /** Writes a result with this frame id; its entry gets this id, or with {@code *} the next. */
    EntryId write(int partition, String id, String frameId, String... more) {
        List<Object> line = new ArrayList<>(List.of(partitions.get(partition).keys().results(), id, "frame_id", frameId,
                "camera_id", "yard", "capability", "people", "status", "success", "result",
                "{\"objects\": [{\"label\": \"person\", \"score\": 0.9}]}"));
        line.addAll(List.of(more));
        return EntryId.parse(Replies.text(redis.call("XADD", line.toArray())));
    }

    /** Writes this number of results by turns to both partitions, with the frame ids {@code f0}, {@code f1}, … */
    void writeMany(int from, int to) {
        for (int i = from; i < to; i++) {
            Partition one = partitions.get(i % 2);
            redis.send("XADD", List.of(one.keys().results(), "*", "frame_id", "f" + i, "camera_id", "yard", "status",
                    "success", "result", "[]"));
        }
        IntStream.range(from, to).forEach(_ -> redis.receive());
    }

    /** Writes an entry that is no result. */
    void writeMalformed(int partition) {
        redis.call("XADD", partitions.get(partition).keys().results(), "*", "colour", "red");
    }

    void delete(int partition, EntryId id) {
        redis.call("XDEL", partitions.get(partition).keys().results(), id.toString());
    }

    /** How often Redis has carried out this command. */
    long calls(String command) {
        return Replies.text(redis.call("INFO", "commandstats")).lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+).*", "$1"))).sum();
    }

    long length(int partition) {
        return Replies.number(redis.call("XLEN", partitions.get(partition).keys().results()));
    }

    @Override
    public void close() {
        redis.close();
    }
}
