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
 * The claim to an instance's name; one run of the instance holds it at a time.
 *
 * @param keys of the first partition, which all instances share
 * @param instance the name
 */
public record InstanceNameStore(Keys keys, String instance) {
    /** Lifetime of a claim: another run may claim the name of an instance that is silent for longer. */
    private static final Duration KEPT = Duration.ofHours(1);
    private static final Script CLAIM = Script.of("claim_instance_name.lua");
    private static final Script UNCLAIM = Script.of("release_instance_name.lua");

    /**
     * One run of an instance.
     *
     * @param run unique id of the run
     * @param process process and machine, as one word
     * @param every interval between renewals
     * @param where where the process runs, for users
     */
    public record InstanceRun(String run, String process, Duration every, String where) {
        private static final Pattern FORM = Pattern.compile("(\\S+) \\d+ (\\S+) (\\d{1,9}) (.*)");

        private String encode(long beat) {
            return run + ' ' + beat + ' ' + process + ' ' + every.toMillis() + ' ' + where;
        }
    }

    /**
     * The claim of another run.
     *
     * @param said its text, which changes with each renewal
     * @param life its meaning; null: not one of our claims
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
     * Claims the name, or renews the claim.
     *
     * @param beat a number that differs each time
     * @param silent last claim of a dead run; null: none
     * @return the claim of another run; null: this run holds the name
     */
    public @Nullable NameOwner claim(RedisConnection redis, InstanceRun life, long beat, @Nullable NameOwner silent) {
        String said = Replies.text(CLAIM.call(redis, List.of(keys.instanceName(instance)),
                List.of(life.run(), silent == null ? "" : silent.said(), life.encode(beat), KEPT.toMillis())));
        return said.isEmpty() ? null : NameOwner.of(said);
    }

    /** The current claim; null: none. */
    public @Nullable NameOwner holder(RedisConnection redis) {
        Object said = redis.call("GET", keys.instanceName(instance));
        return said == null ? null : NameOwner.of(Replies.text(said));
    }

    /** Releases the claim of this run. */
    public void leave(RedisConnection redis, InstanceRun life) {
        UNCLAIM.call(redis, List.of(keys.instanceName(instance)), List.of(life.run()));
    }
}
