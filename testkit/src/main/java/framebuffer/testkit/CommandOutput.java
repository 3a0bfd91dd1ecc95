package framebuffer.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** The output of a command. */
public record CommandOutput(int code, String out, String err) {

    public static CommandOutput by(String... arguments) {
        return in(Map.of(), arguments);
    }

    /** Runs the command with exactly these environment variables. */
    public static CommandOutput in(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try {
            CommandLine line = MeasuredMain.commandLine(environment, List.of(arguments)).setOut(new PrintWriter(out))
                    .setErr(new PrintWriter(err));
            int code = line.execute(arguments);
            return new CommandOutput(code, out.toString(), err.toString());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the frame-buffer command is not on the class path", e);
        }
    }

    public CommandOutput isOneLineWith(String... words) {
        assertThat(code).as(err).isEqualTo(2);
        assertThat(err.strip().lines()).hasSize(1);
        assertThat(err).contains(words);
        return this;
    }

    public CommandOutput isFine() {
        assertThat(code).as(err).isZero();
        return this;
    }
}
