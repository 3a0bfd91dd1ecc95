package framebuffer.app.house;

import framebuffer.app.config.ConfigFile;
import framebuffer.app.config.ConfigSources;
import framebuffer.app.serve.ServeOptions;
import framebuffer.app.serve.Service;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.StopSignal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Runs the service, and the cameras and detectors of its configuration file, until the user stops it. Follows changes of the file; a file
 * with a fault changes nothing.
 */
final class HouseProcess {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    /** Interval between checks that no other instance has taken this name. */
    private static final Duration LOOK = Duration.ofMillis(200);
    /** Every so many checks the file is read. */
    private static final int READ_EVERY = 5;
    private static final Logger log = LoggerFactory.getLogger(HouseProcess.class);

    private final ServeOptions options;
    private @Nullable ConfigFile file;
    private @Nullable ConfigFile seen;
    private String complained = "";

    private HouseProcess(ServeOptions options, @Nullable ConfigFile file) {
        this.options = options;
        this.file = file;
    }

    /**
     * Runs until the user stops it; returns the exit code.
     *
     * @param parsed the command, for its configuration file
     * @throws CannotRun when the file has a fault, or the service cannot start
     */
    static int run(CommandLine parsed, ServeOptions options) throws InterruptedException {
        options.log().apply();
        ConfigFile file = ConfigSources.fileOf(parsed).orElse(null);
        HouseProcess process = new HouseProcess(options, file);
        House house = file == null ? House.EMPTY : process.read(file);
        int code;
        try (StopSignal stop = new StopSignal()) {
            code = process.run(house, stop);
        }
        log.info("stopped");
        return code;
    }

    private House house(ConfigFile from) {
        return House.of(from, options.maxProcessors());
    }

    private House read(ConfigFile from) {
        try {
            return house(from);
        } catch (ConfigFile.ConfigFault e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    private int run(House house, StopSignal stop) throws InterruptedException {
        try (Service service = Service.start(options)) {
            stop.within(STOP_WITHIN);
            log.info("ready: page and REST at {}, Redis at {}", service.url(), service.redisPlace());
            try (Residents residents = new Residents(service)) {
                residents.follow(house);
                return serve(service, residents, stop);
            }
        }
    }

    private int serve(Service service, Residents residents, StopSignal stop) throws InterruptedException {
        for (int turn = 1; !stop.await(LOOK); turn++) {
            if (service.hasLostItsName()) {
                return 1;
            }
            if (turn % READ_EVERY == 0) {
                look(residents);
                residents.tend();
            }
        }
        log.info("stopping");
        return 0;
    }

    /** Whatever is wrong with the file, or with its first camera, must not end the service. */
    private void look(Residents residents) {
        try {
            changed().ifPresent(now -> {
                House house = house(now);
                residents.follow(house);
                restartFor(now.changedKeys(Objects.requireNonNull(file)));
                file = now;
            });
            recovered();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            complain(e);
        }
    }

    /** The cameras and detectors of the house; none of their loops runs before the first of them. */
    private final class Residents implements AutoCloseable {
        private final Service service;
        private @Nullable HouseRunner runner;

        Residents(Service service) {
            this.service = service;
        }

        void follow(House house) {
            service.bridge().follow(List.copyOf(house.notifications().values()));
            if (!options.hasBroker()) {
                house.notifications().values().stream().filter(rule -> rule.mqttTopic() != null).forEach(
                        rule -> log.warn("{}: notification {} has an mqtt-topic, but there is no mqtt-url", path(),
                                rule.name()));
            }
            HouseRunner running = runner;
            if (running == null && house.isEmpty()) {
                house.doubts().forEach(doubt -> log.warn("{}: {}", path(), doubt));
                return;
            }
            if (running == null) {
                options.redis().prepareVideo();
                running = new HouseRunner(service, options);
                runner = running;
                running.apply(house);
                log.info("{}: {} cameras, {} detectors", path(), house.cameras().size(), house.detectors().size());
            } else {
                String words = running.apply(house).words();
                if (!words.isEmpty()) {
                    log.info("{}: {}", path(), words);
                }
            }
            house.doubts().forEach(doubt -> log.warn("{}: {}", path(), doubt));
        }

        void tend() {
            if (runner != null) {
                runner.tend();
            }
        }

        @Override
        public void close() {
            if (runner != null) {
                runner.close();
            }
        }
    }

    /** The file, if it has changed, and was the same at the last look: somebody may be writing it. */
    private Optional<ConfigFile> changed() {
        ConfigFile before = file;
        if (before == null || !before.isReadable()) {
            return Optional.empty();
        }
        ConfigFile now = before.again();
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(before)) {
            return Optional.empty();
        }
        if (before.hasSections() && !now.hasSections()) {
            throw new ConfigFile.ConfigFault(
                    path() + " names no cameras and no detectors any more; write `cameras: []` to stop them");
        }
        return Optional.of(now);
    }

    private void complain(Throwable e) {
        String fault = e instanceof ConfigFile.ConfigFault || e instanceof CannotRun
                ? String.valueOf(e.getMessage())
                : path() + " cannot be followed: " + e.getClass().getSimpleName();
        if (!fault.equals(complained)) {
            complained = fault;
            log.error("{}; everything runs on as before", fault);
        }
    }

    private void recovered() {
        if (!complained.isEmpty()) {
            complained = "";
            log.info("{} has no fault any more", path());
        }
    }

    private void restartFor(List<String> keys) {
        if (!keys.isEmpty()) {
            log.warn("{}: start again for the new {} of {}", path(), keys.size() == 1 ? "value" : "values",
                    String.join(", ", keys));
        }
    }

    private String path() {
        return file == null ? "" : file.path().toString();
    }
}
