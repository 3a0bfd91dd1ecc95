package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.HandOff.BatchOutcome;
import framebuffer.redis.handoff.HandOff.HandOffBatch;
import framebuffer.redis.handoff.HandOff.OwnershipMark;
import framebuffer.wire.EntryId;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hand-offs of one consumer over one connection: everything that the pump asks of Redis. */
public interface HandOffs {
    /** Sends a batch. The replies must be awaited in the same order. */
    Reply begin(HandOffBatch batch);

    /** The reply to a batch in flight. */
    @FunctionalInterface
    interface Reply {
        /** Waits for the outcome; see {@link HandOff.InFlight#await}. */
        BatchOutcome await();
    }

    /** Marks all pending entries as owned by this consumer; see {@link HandOff#mark}. */
    OwnershipMark mark();

    /** Whether the mark is unchanged; see {@link HandOff#stands}. */
    boolean stands(OwnershipMark mark);

    /** The oldest entry of the stream that is pending for the consumer; null: none. */
    @Nullable
    EntryId oldestPending(String stream);

    /** The streams in which entries are pending for the consumer. */
    List<String> streams();

    /**
     * Makes hand-offs for new connections.
     *
     * @param readers read the streams in which entries are pending for the consumer
     */
    static Function<RedisConnection, HandOffs> inRedis(HandOff handOff, String consumer, List<GroupReader> readers) {
        return redis -> {
            handOff.prepare(redis);
            return new HandOffs() {
                @Override
                public Reply begin(HandOffBatch batch) {
                    return handOff.begin(redis, batch)::await;
                }

                @Override
                public OwnershipMark mark() {
                    return handOff.mark(redis, consumer);
                }

                @Override
                public boolean stands(OwnershipMark mark) {
                    return handOff.stands(redis, consumer, mark);
                }

                @Override
                public @Nullable EntryId oldestPending(String stream) {
                    return readers.stream().filter(reader -> reader.stream().equals(stream)).findFirst()
                            .map(reader -> reader.oldestPending(redis)).orElse(null);
                }

                @Override
                public List<String> streams() {
                    return readers.stream().map(GroupReader::stream).toList();
                }
            };
        };
    }
}
