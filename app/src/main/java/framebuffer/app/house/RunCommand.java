package framebuffer.app.house;

import framebuffer.app.config.ConfigSources;
import framebuffer.app.help.Examples;
import framebuffer.app.serve.ServeOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs everything that the file of a house describes. */
@Command(name = "run", header = "Runs the service, cameras and detectors that one file names.", mixinStandardHelpOptions = true, description = {
        "Runs the service, the cameras and the detectors that one file describes, in one process.",
        "Follows changes of the file while it runs. See house.example.yaml."})
@Examples({"frame-buffer run house.example.yaml", "frame-buffer run house.example.yaml --port 8080"})
public final class RunCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // ConfigSources reads the parameter, before the options.
    @Parameters(paramLabel = ConfigSources.FILE_PARAMETER, description = "The file of the house: options of serve, and the sections cameras, detectors and defaults.")
    private Path file = Path.of("");

    @Mixin
    private final ServeOptions options = new ServeOptions();

    @Override
    public Integer call() throws InterruptedException {
        return HouseProcess.run(spec.commandLine(), options);
    }
}
