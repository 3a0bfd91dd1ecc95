package framebuffer.app.serve;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.wire.AclRole;
import framebuffer.wire.Names;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the Redis users that each kind of program needs. */
@Command(name = "acl", header = "Prints a Redis user for each kind of program.", mixinStandardHelpOptions = true, description = {
        "Prints the commands that make a Redis user for each kind of program, with the rights that it needs and no others. Put a "
                + "password in place of PASSWORD. The command does not connect to Redis.",
        "A processor gets a user of its own, which may read its queue only. No user but the instance's may write the ledger."})
@Examples({"frame-buffer acl", "frame-buffer acl --role processor --processor face-1"})
public final class AclCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Option(names = "--key-prefix", paramLabel = "TEXT", defaultValue = "", description = "Prefix of every key in Redis. Default: none.")
    private String keyPrefix = "";

    @ValueRange(least = "1", most = "256")
    @Option(names = "--partitions", paramLabel = "N", defaultValue = "1", description = "Number of partitions. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @FlagOnly
    @Option(names = "--role", paramLabel = "ROLE", description = "Only this kind of program: producer, processor (not with our client), client (a processor with our client), instance, reader.")
    private @Nullable String role;

    @FlagOnly
    @Option(names = "--processor", paramLabel = "ID", defaultValue = "face-1", description = "Id of the processor for which the user is. Default: ${DEFAULT-VALUE}.")
    private String processor = "face-1";

    @FlagOnly
    @Option(names = "--acl-file", description = "Prints lines of Redis's ACL file instead of commands.")
    private boolean aclFile;

    @Override
    public Integer call() {
        if (!Names.isId(processor)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--processor " + Names.FORM);
        }
        PrintWriter out = spec.commandLine().getOut();
        roles().forEach(one -> out.println(user(one)));
        out.flush();
        return 0;
    }

    private List<AclRole> roles() {
        String wanted = role;
        if (wanted == null) {
            return List.of(AclRole.values());
        }
        try {
            return List.of(AclRole.of(wanted));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--role must be "
                    + Arrays.stream(AclRole.values()).map(AclRole::word).collect(Collectors.joining(", ")), e);
        }
    }

    private String user(AclRole one) {
        String name = switch (one) {
            case PROCESSOR, CLIENT -> one.word() + '-' + processor;
            case PRODUCER, INSTANCE, READER -> one.word();
        };
        return (aclFile ? "user " + name + " reset on" : "ACL SETUSER " + name + " reset on") + " >PASSWORD "
                + String.join(" ", one.rules(keyPrefix, partitions > 1, processor));
    }
}
