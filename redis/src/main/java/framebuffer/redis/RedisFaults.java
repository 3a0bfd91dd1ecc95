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
 * What is wrong with a Redis, as all who use it in this process meet it: logged once, however many they are. That it is away is one
 * trouble; each kind of refusal that is about the server, not about what was asked, is another.
 */
public final class RedisFaults {
    /** What a server answers to everybody, whatever they ask: there are no more kinds than these. */
    private static final Set<String> OF_THE_SERVER = Set.of("OOM", "MISCONF", "NOREPLICAS", "READONLY", "LOADING",
            "BUSY", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "WRONGPASS", "NOPERM");
    private static final Duration CALM_WHEN_AWAY = Duration.ofSeconds(1);
    /** Reads go well while writes are refused, so that between two refusals all seems well; the pause between two tries is up to 5 s. */
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
     * Those of one Redis, the same for the whole process.
     *
     * @param redis
     *            its address, as it is shown
     */
    public static RedisFaults at(String redis) {
        return ALL.computeIfAbsent(redis,
                address -> new RedisFaults(address, LoggerFactory.getLogger(RedisFaults.class), System::nanoTime));
    }

    /** Whether a refusal with this code is about the server, and not about what was asked. */
    public static boolean isOfTheServer(String code) {
        return OF_THE_SERVER.contains(code);
    }

    /** It does not answer. */
    public void away(Object who, String why) {
        away.is(who, why + "; trying again");
    }

    /**
     * It answers, and refuses.
     *
     * @param code
     *            one that is of the server
     */
    public void refuses(Object who, String code, String why) {
        away.over(who, back);
        refusals.computeIfAbsent(code, _ -> new LastingFault(log, "Redis at " + redis, CALM_WHEN_REFUSED, nanos)).is(
                who,
                "it refuses: " + why + "; trying again");
    }

    /** It does what is asked. */
    public void works(Object who) {
        away.over(who, back);
        each(trouble -> trouble.over(who, "it refuses no more"));
    }

    /** One does not use it any more. */
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
