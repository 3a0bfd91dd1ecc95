package framebuffer.streams.shared;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The claim to an instance's name, of which one life at a time has it.
 *
 * @param keys
 *            of the first partition, where all instances agree
 * @param instance
 *            the name
 */
public record InstanceName(Keys keys, String instance) {
    /** One that is away for longer has lost its name to whoever wants it; it claims it again when it is back. */
    private static final Duration KEPT = Duration.ofHours(1);
    private static final Script CLAIM = Script.of("instance_claim.lua");
    private static final Script UNCLAIM = Script.of("instance_unclaim.lua");

    /**
     * One life of an instance.
     *
     * @param run
     *            tells it from all others
     * @param process
     *            which process it is, and on which machine, as a word
     * @param every
     *            how often it says that it runs
     * @param where
     *            where it can be reached, for people
     */
    public record Life(String run, String process, Duration every, String where) {
        private static final Pattern FORM = Pattern.compile("(\\S+) \\d+ (\\S+) (\\d{1,9}) (.*)");

        private String encode(long beat) {
            return run + ' ' + beat + ' ' + process + ' ' + every.toMillis() + ' ' + where;
        }
    }

    /**
     * What another has said of itself.
     *
     * @param said
     *            its words, another each time as long as it lives
     * @param life
     *            what they mean; null: somebody else has written there
     */
    public record Holder(String said, @Nullable Life life) {
        static Holder of(String said) {
            Matcher form = Life.FORM.matcher(said);
            return new Holder(said, form.matches()
                    ? new Life(form.group(1), form.group(2), Duration.ofMillis(Long.parseLong(form.group(3))),
                            form.group(4))
                    : null);
        }
    }

    /**
     * Claims it, or says that this life goes on.
     *
     * @param beat
     *            another each time
     * @param silent
     *            what another said last that is dead; null: nobody is
     * @return who has it; null: this one
     */
    public @Nullable Holder claim(RedisConnection redis, Life life, long beat, @Nullable Holder silent) {
        String said = Replies.text(CLAIM.call(redis, List.of(keys.instanceName(instance)),
                List.of(life.run(), silent == null ? "" : silent.said(), life.encode(beat), KEPT.toMillis())));
        return said.isEmpty() ? null : Holder.of(said);
    }

    /** Who has it; null: nobody. */
    public @Nullable Holder holder(RedisConnection redis) {
        Object said = redis.call("GET", keys.instanceName(instance));
        return said == null ? null : Holder.of(Replies.text(said));
    }

    /** This life ends. */
    public void leave(RedisConnection redis, Life life) {
        UNCLAIM.call(redis, List.of(keys.instanceName(instance)), List.of(life.run()));
    }
}
