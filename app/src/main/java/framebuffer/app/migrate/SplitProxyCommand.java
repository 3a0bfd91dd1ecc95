package framebuffer.app.migrate;

import framebuffer.app.config.Setting;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.migration.splitter.SplitProxy;
import framebuffer.migration.splitter.SplitProxy.ProxySettings;
import framebuffer.migration.splitter.SplitShare;
import framebuffer.wire.Keys;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Divides the requests of the older service's clients between that service and this one. */
@Command(name = "split-proxy", header = "Divides HTTP requests between the older service and this one.", mixinStandardHelpOptions = true, description = {
        "A reverse proxy for clients that poll the older service: each request goes to that service or to the new one, by a share that is exact in any 100 requests. If the new service fails, the older one answers, unless a frame could be enqueued twice.",
        "With --redis-url or --data-dir the share is that of frame-buffer migrate split. Otherwise it is --share, and PUT /split-proxy/share changes it. GET /split-proxy/status shows counts."})
@Examples("frame-buffer split-proxy --old http://v1:8002 --new http://v2:8003 --share 10")
public final class SplitProxyCommand implements Callable<Integer> {
    private static final Set<String> WHERE_REDIS_IS = Set.of("redis-url", "data-dir");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Essential
    @Option(names = "--old", required = true, paramLabel = "URL", description = "Address of the older service.")
    private SecretAddress old = new SecretAddress("");

    @Essential
    @Option(names = "--new", required = true, paramLabel = "URL", description = "Address of the new service.")
    private SecretAddress next = new SecretAddress("");

    @Essential
    @ValueRange(least = "0", most = "65535")
    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8004", description = "Port to listen on; 0: any free port. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Essential
    @ValueRange(least = "0", most = "100")
    @Option(names = "--share", paramLabel = "PERCENT", description = "Share of the requests for the new service, at the start. Default: that of the migration, or 0 without Redis.")
    private @Nullable Integer share;

    @Essential
    @ValueRange(least = "10ms", most = "1m")
    @Option(names = "--timeout", paramLabel = "TIME", defaultValue = "5s", description = "How long the new service may take, before the older one answers. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofSeconds(5);

    @Essential
    @Option(names = "--api-token", paramLabel = "SECRET", description = "Token of the new service's REST API, if it requires one; for clients of the older service, which send none.")
    private @Nullable Secret apiToken;

    @Option(names = "--orchestrator-ca", paramLabel = "FILE", description = "PEM file with the certificates of the authorities that may vouch for the new service, with https://. Default: those that the JDK trusts.")
    private @Nullable Path orchestratorCa;

    @Mixin
    private final LocalListenOptions listen = new LocalListenOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Override
    public Integer call() throws InterruptedException {
        logging.apply();
        // Servers keep a connection for 5 s or longer: it must not break while it carries a request that cannot be repeated.
        System.setProperty("jdk.httpclient.keepalive.timeout", "4");
        try (StopSignal stop = new StopSignal();
                SplitShare percent = share();
                SplitProxy proxy = SplitProxy.start(settings(), percent)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("split-proxy ready at http://" + listen.host() + ":" + proxy.port() + ", old " + old + ", new "
                    + next);
            out.flush();
            stop.await();
        } catch (IOException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
        return 0;
    }

    /** A share that the user gives counts more than a migration that a variable names. */
    private SplitShare share() {
        boolean ofMigration = share == null && Setting.of(spec.commandLine()).stream()
                .anyMatch(one -> WHERE_REDIS_IS.contains(one.key()) && !one.from().equals("default"));
        if (ofMigration) {
            return SplitShare.ofMigration(redis.givenOrRunning(), new Keys(redis.keyPrefix(), true));
        }
        if (spec.commandLine().getParseResult().hasMatchedOption("--redis-url")
                || spec.commandLine().getParseResult().hasMatchedOption("--data-dir")) {
            throw new CannotRun(
                    "--share and the address of Redis exclude each other: in Redis is the share of the migration");
        }
        return SplitShare.of(share == null ? 0 : share);
    }

    private ProxySettings settings() {
        try {
            return new ProxySettings(new URI(old.reveal()), new URI(next.reveal()), timeout, apiToken,
                    new TlsFiles(orchestratorCa, null, null), listen.host(), port);
        } catch (URISyntaxException e) {
            throw new CannotRun("--old and --new must be http://host:port, or https", e);
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }
}
