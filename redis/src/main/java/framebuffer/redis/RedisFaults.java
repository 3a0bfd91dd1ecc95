package framebuffer.redis;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The faults of a Redis for all its users in this process, so that each fault is logged once. Unavailability is one fault; each kind of
 * refusal that concerns the server, not the command, is another.
 */
public final class RedisFaults {
    /** Error codes that concern the server, not the command. */
    private static final Set<String> OF_THE_SERVER = Set.of("OOM", "MISCONF", "NOREPLICAS", "READONLY", "LOADING",
            "BUSY", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "WRONGPASS", "NOPERM");
    private static final Duration CALM_WHEN_AWAY = Duration.ofSeconds(1);
    /** Reads may succeed while writes are refused, so successes occur between two refusals; the pause between two attempts is up to 5 s. */
    private static final Duration CALM_WHEN_REFUSED = Duration.ofSeconds(10);
    private static final Map<String, RedisFaults> ALL = new ConcurrentHashMap<>();

    private final String redis;
    private final Logger log;
    private final LongSupplier nanos;
    private final String back;
    private final LastingFault away;
    private final Map<String, LastingFault> refusals = new ConcurrentHashMap<>();

    RedisFaults(String redis, Logger log, LongSupplier nanos) {
        this.redis = redis;
        this.back = redis + " answers again";
        this.log = log;
        this.nanos = nanos;
        this.away = new LastingFault(log, "Redis", CALM_WHEN_AWAY, nanos);
    }

    /**
     * The faults of one Redis, shared by the whole process.
     *
     * @param redis its address, as shown in messages
     */
    public static RedisFaults at(String redis) {
        return ALL.computeIfAbsent(redis,
                address -> new RedisFaults(address, LoggerFactory.getLogger(RedisFaults.class), System::nanoTime));
    }

    /** Whether this error code concerns the server, not the command. */
    public static boolean isOfTheServer(String code) {
        return OF_THE_SERVER.contains(code);
    }

    /** Reports that Redis does not answer. */
    public void away(Object who, String why) {
        away.is(who, why + "; trying again");
    }

    /**
     * Reports that Redis answers but refuses.
     *
     * @param code an error code that concerns the server
     */
    public void refuses(Object who, String code, String why) {
        away.over(who, back);
        refusals.computeIfAbsent(code, _ -> new LastingFault(log, "Redis at " + redis, CALM_WHEN_REFUSED, nanos)).is(
                who,
                "it refuses: " + why + "; trying again");
    }

    /** Reports a success. */
    public void works(Object who) {
        away.over(who, back);
        each(trouble -> trouble.over(who, "it accepts commands again"));
    }

    /** Removes a user of Redis. */
    public void leaves(Object who) {
        away.leaves(who);
        each(trouble -> trouble.leaves(who));
    }

    private void each(Consumer<LastingFault> what) {
        if (!refusals.isEmpty()) {
            refusals.values().forEach(what);
        }
    }
}
