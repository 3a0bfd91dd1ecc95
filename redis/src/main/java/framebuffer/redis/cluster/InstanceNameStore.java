package framebuffer.redis.cluster;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
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
public record InstanceNameStore(Keys keys, String instance) {
    /** One that is away for longer has lost its name to whoever wants it; it claims it again when it is back. */
    private static final Duration KEPT = Duration.ofHours(1);
    private static final Script CLAIM = Script.of("claim_instance_name.lua");
    private static final Script UNCLAIM = Script.of("release_instance_name.lua");

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
    public record InstanceRun(String run, String process, Duration every, String where) {
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
    public record NameOwner(String said, @Nullable InstanceRun life) {
        static NameOwner of(String said) {
            Matcher form = InstanceRun.FORM.matcher(said);
            return new NameOwner(said, form.matches()
                    ? new InstanceRun(form.group(1), form.group(2), Duration.ofMillis(Long.parseLong(form.group(3))),
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
    public @Nullable NameOwner claim(RedisConnection redis, InstanceRun life, long beat, @Nullable NameOwner silent) {
        String said = Replies.text(CLAIM.call(redis, List.of(keys.instanceName(instance)),
                List.of(life.run(), silent == null ? "" : silent.said(), life.encode(beat), KEPT.toMillis())));
        return said.isEmpty() ? null : NameOwner.of(said);
    }

    /** Who has it; null: nobody. */
    public @Nullable NameOwner holder(RedisConnection redis) {
        Object said = redis.call("GET", keys.instanceName(instance));
        return said == null ? null : NameOwner.of(Replies.text(said));
    }

    /** This life ends. */
    public void leave(RedisConnection redis, InstanceRun life) {
        UNCLAIM.call(redis, List.of(keys.instanceName(instance)), List.of(life.run()));
    }
}
