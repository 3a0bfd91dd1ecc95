package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.List;

/** The times and results of polls of health endpoints; one instance at a time polls an endpoint. */
public final class HealthPollStore {
    private static final Script CLAIM = Script.of("claim_poll.lua");
    private static final Script NOTE = Script.of("circuits.lua", "note_poll.lua");

    private final Keys keys;

    /**
     * The reply to a claim.
     *
     * @param processor owner of the endpoint
     * @param at above 0: time of the claim, in milliseconds of Redis's clock; below 0: due in that many milliseconds; 0: the processor is
     *     not registered, or has registered another endpoint
     */
    public record PollClaim(String processor, long at) {
        /** Whether the caller must poll now. */
        public boolean granted() {
            return at > 0;
        }

        /** When to claim again. */
        public Duration again(Duration interval) {
            return granted() ? interval : Duration.ofMillis(-at);
        }
    }

    /**
     * The result of a poll.
     *
     * @param kind one word
     * @param detail details for the log; not stored
     * @param alive whether it is a sign of life
     * @param failed whether it is a failure of the processor
     */
    public record PollResult(String kind, String detail, boolean alive, boolean failed) {
    }

    public HealthPollStore(Keys keys) {
        this.keys = keys;
    }

    /**
     * Claims the next poll of a processor's endpoint, if the last was claimed at least an {@code interval} ago.
     *
     * @param endpoint the endpoint, as the caller knows it
     */
    public PollClaim claim(RedisConnection redis, String processor, String endpoint, Duration interval) {
        return new PollClaim(processor, Replies.number(CLAIM.call(redis, List.of(keys.polls(), keys.registry()),
                List.of(processor, interval.toMillis(), endpoint))));
    }

    /** Records the result; returns false when a later poll was claimed, or the processor has registered again. */
    public boolean note(RedisConnection redis, PollClaim claim, PollResult result) {
        return Replies.number(NOTE.call(redis, List.of(keys.polls(), keys.circuits()),
                List.of(claim.processor(), claim.at(), result.kind(), result.alive() ? 1 : 0,
                        result.failed() ? 1 : 0))) == 1;
    }
}
