package framebuffer.app;

/**
 * A subcommand that another module adds to {@code frame-buffer}: a class with picocli's {@code @Command}. {@code META-INF/services} of the
 * module lists its subcommands in the order of {@code --help}.
 */
public interface Subcommand {
}
