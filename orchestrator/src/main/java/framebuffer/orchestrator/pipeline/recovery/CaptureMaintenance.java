package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.LossReason;
import framebuffer.orchestrator.processors.health.ListeningPeriod;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.ServiceClock.Interval;
import framebuffer.redis.frames.CaptureTrim;
import framebuffer.redis.handoff.CaptureInspection;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.OrchestratorGroup;
import framebuffer.wire.Keys;
import framebuffer.wire.text.NaturalOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the capture stream, which foreign groups may read too: removes entries that every group has read, detects abandoned groups,
 * and counts frames that producers trim unread. Corrects our groups, also on the stream of returned frames, after an operator has set them
 * past all entries.
 */
public final class CaptureMaintenance implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(CaptureMaintenance.class);
    private static final Duration REST = Duration.ofMillis(25);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Time without a loss after which losing counts as over. */
    private static final Duration CALM = Duration.ofMinutes(1);

    private final CaptureRetention settings;
    private final FrameEvents events;
    private final InstantSource clock;
    private final ListeningPeriod listening = new ListeningPeriod();
    private ForeignGroups readers = ForeignGroups.NONE;
    private Instant lookedAt = Instant.EPOCH;
    private Instant lostAt = Instant.EPOCH;
    private long lost;
    private String trimmedBehind = CaptureTrim.START;
    private volatile Set<String> abandoned = Set.of();

    /**
     * Settings of the maintenance.
     *
     * @param group our group on the capture stream
     * @param ledgerFields most fields in the ledger
     * @param retention how long a foreign group may leave entries unread and still hold them back
     */
    public record CaptureRetention(Keys keys, String group, int ledgerFields, Duration retention) {
    }

    public CaptureMaintenance(CaptureRetention settings, FrameEvents events, InstantSource clock) {
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    /** A problem for the operator; empty: none. */
    public Optional<String> alert() {
        Set<String> groups = abandoned;
        return groups.isEmpty()
                ? Optional.empty()
                : Optional.of("for " + settings.retention().toSeconds()
                        + " s, nobody has read the capture stream in the group "
                        + groups.stream().sorted(NaturalOrder.NAMES).collect(Collectors.joining(", "))
                        + "; the group no longer holds frames back. XGROUP DESTROY removes it");
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Instant now = clock.instant();
        if (Interval.isOver(lookedAt, LOOK, now)) {
            lookedAt = now;
            inspect(redis, now);
        }
        CaptureTrim.trim(redis, settings.keys().capture(), settings.group(), abandoned);
        trimmedBehind = CaptureTrim.behind(redis, settings.keys().capture(), settings.group(), abandoned, trimmedBehind)
                .next();
    }

    private void inspect(RedisConnection redis, Instant now) {
        setBack(redis, new FrameSource(settings.keys().capture(), settings.group(), FrameSource.SourceKind.CAPTURE));
        setBack(redis, new FrameSource(settings.keys().returned(), settings.group(), FrameSource.SourceKind.RETURNED));
        CaptureInspection seen = CaptureInspection.at(redis, settings.keys(), settings.group(),
                settings.ledgerFields());
        if (listening.observe(now)) {
            // The time that we were away, or that the clock jumped over, proves nothing about the groups.
            readers = ForeignGroups.NONE;
            lostAt = now;
        }
        readers = readers.after(seen.groups(), settings.group(), now);
        Set<String> before = abandoned;
        abandoned = readers.abandoned(settings.retention(), now);
        if (!abandoned.equals(before)) {
            alert().ifPresentOrElse(log::warn, () -> log.info("all groups on the capture stream are being read again"));
        }
        losing(seen.lost(), now);
    }

    private void setBack(RedisConnection redis, FrameSource source) {
        if (OrchestratorGroup.setBack(redis, settings.keys(), source)) {
            log.warn("group {} of {} was set past all entries (XGROUP SETID); it continues"
                    + " after the last entry that it got", source.group(), source.stream());
        }
    }

    private void losing(long newlyLost, Instant now) {
        if (newlyLost > 0) {
            events.lost(LossReason.TRIMMED, newlyLost);
            if (lost == 0) {
                log.warn(
                        "frames are lost: {} were trimmed from {} before they were read. Its producers trim it (MAXLEN) to fewer entries "
                                + "than arrive while the service is behind",
                        newlyLost, settings.keys().capture());
            }
            lost += newlyLost;
            lostAt = now;
        } else if (lost > 0 && !lostAt.plus(CALM).isAfter(now)) {
            log.info("trimming no longer loses frames; it lost {} in all", lost);
            lost = 0;
        }
    }
}
