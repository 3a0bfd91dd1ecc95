package framebuffer.orchestrator.observability.alerts;

import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates the alerts once a second. Reads only cached figures, so it works while Redis is away. Logs each alert when it begins and when
 * it ends.
 */
public final class AlertMonitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AlertMonitor.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Supplier<ServiceObservation> look;
    private final Predicate<Alert> silenced;
    private final AlertListener listener;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("alerts").unstarted(this::run);
    private AlertPolicy policy;
    private List<Alert> told = List.of();
    private boolean failing;
    private volatile AlertReport report;

    /** Receives the firing alerts that are not silenced. Must not block. */
    @FunctionalInterface
    public interface AlertListener {
        /** Called when the set of these alerts has changed. */
        void changed(List<Alert> firing);
    }

    /**
     * @param look observes the service; must not block
     * @param silenced whether the listener must not hear of an alert now; must not block
     */
    public AlertMonitor(AlertThresholds thresholds, Supplier<ServiceObservation> look, Predicate<Alert> silenced,
            AlertListener listener) {
        this.policy = new AlertPolicy(thresholds);
        this.report = policy.report();
        this.look = look;
        this.silenced = silenced;
        this.listener = listener;
    }

    /** Starts the evaluation. */
    public void start() {
        thread.start();
    }

    /** The result of the last evaluation. */
    public AlertReport report() {
        return report;
    }

    /** The firing alerts, most severe first. */
    public List<Alert> firing() {
        return report.firing();
    }

    /** The firing alerts in one line; empty: none. */
    public Optional<String> summary() {
        List<Alert> now = firing();
        return now.isEmpty() ? Optional.empty() : Optional.of(Alert.line(now));
    }

    private void run() {
        try {
            do {
                guarded();
            } while (!stopping.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A failed evaluation must not end the loop. */
    private void guarded() {
        try {
            runOnce();
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                log.error("cannot evaluate the alerts; trying again", e);
            }
            failing = true;
        }
    }

    private void runOnce() {
        policy = policy.after(look.get());
        List<Alert> before = firing();
        report = policy.report();
        List<Alert> now = firing();
        Set<String> was = Alert.titles(before);
        Set<String> is = Alert.titles(now);
        now.stream().filter(alert -> !was.contains(alert.title())).forEach(
                alert -> log.warn("{}: {} ({})", alert.title(), alert.summary(), alert.rule().runbook()));
        was.stream().filter(title -> !is.contains(title)).forEach(title -> log.info("{} is over", title));
        List<Alert> loud = now.stream().filter(silenced.negate()).toList();
        if (!Alert.titles(loud).equals(Alert.titles(told))) {
            told = loud;
            listener.changed(loud);
        }
    }

    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
