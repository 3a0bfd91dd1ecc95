package framebuffer.orchestrator.observability.alerts;

import framebuffer.orchestrator.observability.alerts.AlertSettings.AlertThresholds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second whether there is something that an operator should look at. It goes by what is known anyway and asks nobody, so it
 * goes on while Redis is away. What begins and what ends is logged, once.
 */
public final class AlertMonitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AlertMonitor.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Supplier<ServiceObservation> look;
    private final AlertListener listener;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("alerts").unstarted(this::run);
    private AlertPolicy policy;
    private boolean failing;
    private volatile List<Alert> firing = List.of();

    /** Is told what fires. Must not wait. */
    @FunctionalInterface
    public interface AlertListener {
        /** What fires now, each time that others do than before. */
        void changed(List<Alert> firing);
    }

    /**
     * @param look
     *            says how the service is; must not wait
     */
    public AlertMonitor(AlertThresholds thresholds, Supplier<ServiceObservation> look, AlertListener listener) {
        this.policy = new AlertPolicy(thresholds);
        this.look = look;
        this.listener = listener;
    }

    /** Starts it. */
    public void start() {
        thread.start();
    }

    /** What fires now, the worst first. */
    public List<Alert> firing() {
        return firing;
    }

    /** What fires now, in a line; empty: nothing. */
    public Optional<String> summary() {
        List<Alert> now = firing;
        return now.isEmpty()
                ? Optional.empty()
                : Optional.of(Alert.line(now));
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

    /** What goes wrong in one look must not end all that would come after. */
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
        List<Alert> before = firing;
        List<Alert> now = policy.firing();
        firing = now;
        Set<String> was = Alert.titles(before);
        Set<String> is = Alert.titles(now);
        now.stream().filter(alert -> !was.contains(alert.title())).forEach(
                alert -> log.warn("{}: {} ({})", alert.title(), alert.summary(), alert.rule().runbook()));
        was.stream().filter(title -> !is.contains(title)).forEach(title -> log.info("{} is over", title));
        if (!was.equals(is)) {
            listener.changed(now);
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
