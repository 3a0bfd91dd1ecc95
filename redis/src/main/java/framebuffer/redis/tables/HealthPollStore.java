package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.List;

/** Which health endpoint was polled when, and what came of it: each is polled by one instance at a time. */
public final class HealthPollStore {
    private static final Script CLAIM = Script.of("claim_poll.lua");
    private static final Script NOTE = Script.of("circuits.lua", "note_poll.lua");

    private final Keys keys;

    /**
     * An answer to who asked for a poll.
     *
     * @param processor
     *            whose endpoint it is
     * @param at
     *            when it was claimed, in milliseconds of Redis's clock; less than 0: in how many it is due; 0: there is no such
     *            processor, or it has registered another endpoint
     */
    public record PollClaim(String processor, long at) {
        /** Whether it was due, and is ours to do. */
        public boolean granted() {
            return at > 0;
        }

        /** When it is worth asking again. */
        public Duration again(Duration interval) {
            return granted() ? interval : Duration.ofMillis(-at);
        }
    }

    /**
     * What came of a poll.
     *
     * @param kind
     *            one word
     * @param detail
     *            more of it, for people
     * @param alive
     *            whether it is a sign of life
     * @param failed
     *            whether it is a failure of the processor
     */
    public record PollResult(String kind, String detail, boolean alive, boolean failed) {
    }

    public HealthPollStore(Keys keys) {
        this.keys = keys;
    }

    /**
     * Claims the next poll of a processor's endpoint, if the last was claimed at least an {@code interval} ago.
     *
     * @param endpoint
     *            which that is, by what the caller knows
     */
    public PollClaim claim(RedisConnection redis, String processor, String endpoint, Duration interval) {
        return new PollClaim(processor, Replies.number(CLAIM.call(redis, List.of(keys.polls(), keys.registry()),
                List.of(processor, interval.toMillis(), endpoint))));
    }

    /** Notes what came of it; false when another has been claimed since, or the processor has registered anew. */
    public boolean note(RedisConnection redis, PollClaim claim, PollResult result) {
        return Replies.number(NOTE.call(redis, List.of(keys.polls(), keys.circuits()),
                List.of(claim.processor(), claim.at(), result.kind(), result.detail(), result.alive() ? 1 : 0,
                        result.failed() ? 1 : 0))) == 1;
    }
}
