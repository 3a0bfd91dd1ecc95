package framebuffer.app.house;

import framebuffer.app.help.Examples;
import framebuffer.app.serve.ServeOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the service until the user stops it, with the cameras and detectors of its configuration file, if any. */
@Command(name = "serve", header = "Runs the service: REST API, hand-off, embedded Redis.", mixinStandardHelpOptions = true, description = "Runs the service: REST API, hand-off, and an embedded Redis unless you name one.")
@Examples({"frame-buffer serve --data-dir data", "frame-buffer serve --redis-url redis://localhost:6379 --port 8080"})
public final class ServeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Mixin
    private final ServeOptions options = new ServeOptions();

    @Override
    public Integer call() throws InterruptedException {
        return HouseProcess.run(spec.commandLine(), options);
    }
}
