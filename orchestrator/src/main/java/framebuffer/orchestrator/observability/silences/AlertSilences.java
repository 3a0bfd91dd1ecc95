package framebuffer.orchestrator.observability.silences;

import framebuffer.orchestrator.observability.alerts.Alert;
import framebuffer.orchestrator.observability.alerts.AlertRule;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.monitoring.SilenceStore;
import framebuffer.redis.monitoring.SilenceStore.StoredSilence;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Alerts that nobody wants to hear of for a time. Redis keeps them for all instances; this one reads them every second, so its view works
 * while Redis is away. For any thread.
 *
 * <p>
 * {@link #silence} and {@link #end} throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class AlertSilences implements RedisLoop.Work {
    private static final Duration REST = Duration.ofSeconds(1);
    private static final String BETWEEN = " ";

    private final Partition first;
    private final InstantSource clock;
    private volatile List<AlertSilence> read = List.of();

    /**
     * A silence of a rule.
     *
     * @param subject empty: all subjects of the rule
     * @param reason for people; may be empty
     */
    public record AlertSilence(AlertRule rule, String subject, Instant since, Instant until, String reason) {
        /** Whether it holds for this alert. */
        public boolean covers(Alert alert) {
            return rule == alert.rule() && (subject.isEmpty() || subject.equals(alert.subject()));
        }
    }

    /**
     * @param first the first partition
     * @param clock follows the clock of its Redis
     */
    public AlertSilences(Partition first, InstantSource clock) {
        this.first = first;
        this.clock = clock;
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        read = SilenceStore.read(redis, first.keys()).stream().flatMap(AlertSilences::decoded)
                .sorted(Comparator.comparing(AlertSilence::rule).thenComparing(AlertSilence::subject)).toList();
    }

    private static Stream<AlertSilence> decoded(StoredSilence stored) {
        String[] name = stored.name().split(BETWEEN, 2);
        return Arrays.stream(AlertRule.values()).filter(rule -> name.length == 2 && rule.word().equals(name[0]))
                .map(rule -> new AlertSilence(rule, name[1], stored.since(), stored.until(), stored.reason()));
    }

    /** The silences that last, by rule. */
    public List<AlertSilence> lasting() {
        Instant now = clock.instant();
        return read.stream().filter(silence -> silence.until().isAfter(now)).toList();
    }

    /** The silence of this alert that lasts longest; empty: it is not silenced. */
    public Optional<AlertSilence> of(Alert alert) {
        return lasting().stream().filter(silence -> silence.covers(alert))
                .max(Comparator.comparing(AlertSilence::until));
    }

    /**
     * Silences a rule from now on, at all instances; replaces an earlier silence of the same subject. Empty: there are too many.
     *
     * @param subject empty: all subjects
     * @param duration at most {@link SilenceStore#LONGEST}
     */
    public Optional<AlertSilence> silence(AlertRule rule, String subject, Duration duration, String reason) {
        return first.ask(redis -> {
            boolean put = SilenceStore.put(redis, first.keys(), rule.word() + BETWEEN + subject, duration, reason);
            runOnce(redis);
            return put
                    ? read.stream().filter(one -> one.rule() == rule && one.subject().equals(subject)).findFirst()
                    : Optional.empty();
        });
    }

    /** Ends a silence; false: there is none. */
    public boolean end(AlertRule rule, String subject) {
        return first.ask(redis -> {
            boolean ended = SilenceStore.delete(redis, first.keys(), rule.word() + BETWEEN + subject);
            runOnce(redis);
            return ended;
        });
    }
}
