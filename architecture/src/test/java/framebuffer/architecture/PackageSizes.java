package framebuffer.architecture;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * How many types a package has.
 *
 * @param types nested ones counted, those within a method not
 * @param exported public top-level types: those that other packages have to know
 */
record PackageSizes(int types, int exported) {
    static final int TYPES = 25;
    static final int EXPORTED = 8;

    /** Modules that exist to be called by others. */
    private static final Set<String> LIBRARIES = Set.of("redis", "wire", "vision", "testkit");
    private static final int EXPORTED_BY_A_LIBRARY = 15;

    /** Every package that breaks a limit, each as one line for people; empty when all is well. */
    static List<String> breaches(List<Source> sources) {
        List<String> found = new ArrayList<>();
        of(sources).forEach((folder, sizes) -> {
            if (sizes.types > TYPES) {
                found.add(folder + " has " + sizes.types + " types, allowed are " + TYPES);
            }
            int exported = LIBRARIES.contains(folder.substring(0, folder.indexOf('/')))
                    ? EXPORTED_BY_A_LIBRARY
                    : EXPORTED;
            if (sizes.exported > exported) {
                found.add(folder + " has " + sizes.exported + " public types, allowed are " + exported);
            }
        });
        return found;
    }

    private static Map<String, PackageSizes> of(List<Source> sources) {
        Map<String, PackageSizes> sizes = new TreeMap<>();
        Sizes.parse(sources, (unit, _) -> sizes.merge(folder(unit), of(unit), PackageSizes::plus));
        return sizes;
    }

    private static String folder(CompilationUnitTree unit) {
        String path = unit.getSourceFile().toUri().getPath();
        return path.substring(1, path.lastIndexOf('/'));
    }

    /** The name of each type → the folders that have a type of that name. */
    static Map<String, List<String>> names(List<Source> sources) {
        Map<String, List<String>> names = new TreeMap<>();
        Sizes.parse(sources, (unit, _) -> named(unit).forEach(type -> names
                .computeIfAbsent(type.getSimpleName().toString(), _ -> new ArrayList<>()).add(folder(unit))));
        return names;
    }

    private static PackageSizes of(CompilationUnitTree unit) {
        int exported = (int) unit.getTypeDecls().stream().filter(
                type -> type instanceof ClassTree top && top.getModifiers().getFlags().contains(Modifier.PUBLIC))
                .count();
        return new PackageSizes(named(unit).size(), exported);
    }

    private static List<ClassTree> named(CompilationUnitTree unit) {
        List<ClassTree> named = new ArrayList<>();
        new TreePathScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitBlock(BlockTree body, @Nullable Void nothing) {
                return null;
            }

            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                if (!type.getSimpleName().isEmpty()) {
                    named.add(type);
                }
                return super.visitClass(type, null);
            }
        }.scan(unit, null);
        return named;
    }

    private PackageSizes plus(PackageSizes other) {
        return new PackageSizes(types + other.types, exported + other.exported);
    }
}
