package framebuffer.client;

import framebuffer.redis.LastingFault;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A processor's membership: registers, sends heartbeats, and registers again when the orchestrator has forgotten the processor. A forgotten
 * processor that was draining ends instead.
 */
final class Membership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    /** How long a stop waits for a heartbeat in progress, whose request has a timeout of 5 s. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(2);

    private final OrchestratorClient api;
    private final Registration registration;
    private final Supplier<Heartbeat> report;
    private final Runnable letGo;
    private final LastingFault trouble;
    private final Thread beats;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean registered;
    /** The prefixes from the registration. */
    private List<String> prefixes = List.of();
    /** Whether the last heartbeat succeeded. */
    private boolean draining;

    /**
     * @param api the REST API of the orchestrator
     * @param registration the registration; also defines the heartbeat interval
     * @param report creates the next heartbeat
     * @param letGo called once when the processor is drained and unregistered; must not block
     */
    Membership(OrchestratorClient api, Registration registration, Supplier<Heartbeat> report,
            Runnable letGo) {
        this.api = api;
        this.registration = registration;
        this.report = report;
        this.letGo = letGo;
        this.trouble = new LastingFault(log, registration.id());
        this.beats = Thread.ofVirtual().name(registration.id() + "-heartbeat").unstarted(this::beat);
    }

    /**
     * Registers and starts heartbeats. Waits while the orchestrator is unavailable.
     *
     * @return key prefix of each partition in which the processor reads; empty: no partitions
     * @throws RegistrationRefused when a retry is useless
     */
    public List<String> join() throws InterruptedException {
        Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
        while (!registered) {
            switch (api.register(registration)) {
                case ApiReply.Accepted accepted -> {
                    registered = true;
                    prefixes = accepted.prefixes();
                }
                case ApiReply.Refused refused -> throw new RegistrationRefused(said(refused));
                case ApiReply.Away away -> {
                    trouble.is(away.why() + "; trying again");
                    TimeUnit.NANOSECONDS.sleep(backoff.next().toNanos());
                }
            }
        }
        trouble.over("the orchestrator is available");
        log.info("{} is registered with {}", registration.id(), api);
        beats.start();
        return prefixes;
    }

    private void beat() {
        try {
            while (!stopping.await(registration.heartbeatInterval().toNanos(), TimeUnit.NANOSECONDS)) {
                beatOnce();
            }
        } catch (InterruptedException e) {
            log.debug("{} has stopped its heartbeats", registration.id());
        }
    }

    private void beatOnce() throws InterruptedException {
        try {
            after(api.heartbeat(report.get()));
        } catch (RuntimeException e) {
            // Never stop after a failure: without heartbeats the processor would count as dead.
            trouble.is("a heartbeat failed (" + e + "); trying again with each heartbeat");
        }
    }

    private void after(ApiReply reply) throws InterruptedException {
        switch (reply) {
            case ApiReply.Accepted accepted -> {
                trouble.over("heartbeats reach the orchestrator again");
                drains(accepted.draining());
            }
            case ApiReply.Refused refused when refused.status() == 404 && draining -> leaves();
            case ApiReply.Refused refused when refused.status() == 404 -> rejoin();
            case ApiReply.Refused refused -> trouble.is("heartbeats are refused: " + hint(refused));
            case ApiReply.Away away -> trouble.is(away.why() + "; trying again with each heartbeat");
        }
    }

    private void drains(boolean now) {
        if (now && !draining) {
            log.info("{} is drained: it gets no more frames, and ends after its current frames",
                    registration.id());
        }
        draining = now;
    }

    private void leaves() {
        log.info("{} has finished its frames and is unregistered", registration.id());
        end();
    }

    private void end() {
        registered = false;
        stopping.countDown();
        letGo.run();
    }

    private void rejoin() throws InterruptedException {
        switch (api.register(registration)) {
            case ApiReply.Accepted accepted -> {
                if (!accepted.prefixes().equals(prefixes)) {
                    log.error("{} stops: the partitions are now {}, but it reads in {}; restart it",
                            registration.id(), accepted.prefixes(), prefixes);
                    unregister();
                    end();
                    return;
                }
                log.info("{} was no longer registered with {}, and has registered again", registration.id(), api);
                trouble.over("it is registered again");
            }
            case ApiReply.Refused refused -> trouble.is(said(refused));
            case ApiReply.Away away -> trouble.is(away.why() + "; trying again with each heartbeat");
        }
    }

    private String said(ApiReply.Refused refused) {
        return "the orchestrator at " + api + " does not register " + registration.id() + ": " + hint(refused);
    }

    private static String hint(ApiReply.Refused refused) {
        return refused.detail() + " (" + refused.status() + ')' + switch (refused.status()) {
            case 401, 403 -> "; set its API token: API_TOKEN, or token(…)";
            case 404, 405 -> "; set the URL of an orchestrator: ORCHESTRATOR_URL, or orchestrator(…)";
            case 409 -> "; choose another id or queue, or remove the processor that has it";
            default -> "";
        };
    }

    /** Stops heartbeats and unregisters the processor. Further calls do nothing. */
    public void leave() {
        stop();
        if (registered) {
            registered = false;
            unregister();
        }
        api.close();
    }

    /** Stops heartbeats without unregistering; the registration stays until its lease expires or the processor restarts. */
    @Override
    public void close() {
        stop();
        api.close();
    }

    private void unregister() {
        try {
            switch (api.unregister(registration.id())) {
                case ApiReply.Accepted _ -> log.info("{} is unregistered", registration.id());
                case ApiReply.Refused refused when refused.status() == 404 ->
                    log.info("{} was no longer registered", registration.id());
                case ApiReply.Refused refused ->
                    log.warn("{} could not be unregistered: {}", registration.id(), hint(refused));
                case ApiReply.Away away -> log.warn("{} could not be unregistered: {}", registration.id(), away.why());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        stopping.countDown();
        if (!beats.isAlive()) {
            return;
        }
        try {
            if (!beats.join(STOP_WITHIN)) {
                beats.interrupt();
                beats.join(STOP_WITHIN);
            }
        } catch (InterruptedException e) {
            beats.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
