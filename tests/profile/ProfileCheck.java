import java.io.File;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.formats.NTriplesDocumentFormat;
import org.semanticweb.owlapi.io.FileDocumentSource;
import org.semanticweb.owlapi.io.RDFParserMetaData;
import org.semanticweb.owlapi.io.RDFTriple;
import org.semanticweb.owlapi.model.MissingImportHandlingStrategy;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyCreationException;
import org.semanticweb.owlapi.model.OWLOntologyLoaderConfiguration;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWL2RLProfile;
import org.semanticweb.owlapi.profiles.OWLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;

/**
 * Prints what keeps an ontology, given as one N-Triples file, outside the OWL 2 RL and OWL 2 DL profiles: one line a
 * violation, {@code RL}, {@code DL} or (for a triple that is part of no axiom) {@code unread}, a tab, and the violation;
 * then one line with the number of axioms that were read.
 * Exit status: 0 inside both, 1 outside one, 2 not readable.
 */
public final class ProfileCheck {
    private ProfileCheck() {}

    public static void main(String[] files) {
        try {
            OWLOntology ontology = read(new File(files[0]));
            int violations = report("RL", new OWL2RLProfile(), ontology) + report("DL", new OWL2DLProfile(), ontology);
            violations += reportUnread(ontology);
            System.out.println("axioms\t" + ontology.getAxiomCount());
            System.exit(violations == 0 ? 0 : 1);
        } catch (OWLOntologyCreationException failure) {
            System.err.println(files[0] + ": " + failure.getMessage());
            System.exit(2);
        }
    }

    private static OWLOntology read(File file) throws OWLOntologyCreationException {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        // Not strict: in strict mode OWLAPI drops the triples that it cannot place, so that nothing is left to report.
        OWLOntologyLoaderConfiguration lenient = new OWLOntologyLoaderConfiguration()
            .setStrict(false)
            .setFollowRedirects(false)
            .setMissingImportHandlingStrategy(MissingImportHandlingStrategy.SILENT);
        return manager.loadOntologyFromOntologyDocument(
            new FileDocumentSource(file, new NTriplesDocumentFormat()), lenient);
    }

    /** Triples that make no axiom would escape both profiles: each is a violation of its own. */
    private static int reportUnread(OWLOntology ontology) {
        List<RDFTriple> unread = ontology.getFormat().getOntologyLoaderMetaData()
            .filter(RDFParserMetaData.class::isInstance)
            .map(metadata -> ((RDFParserMetaData) metadata).getUnparsedTriples())
            .orElseGet(Stream::empty)
            .collect(Collectors.toList());
        unread.forEach(triple -> System.out.println("unread\t" + triple));
        return unread.size();
    }

    private static int report(String name, OWLProfile profile, OWLOntology ontology) {
        List<OWLProfileViolation> violations = profile.checkOntology(ontology).getViolations();
        Set<String> lines = new LinkedHashSet<>();
        for (OWLProfileViolation violation : violations) {
            lines.add(name + "\t" + violation.toString().replaceAll("\\s+", " ").trim());
        }
        lines.forEach(System.out::println);
        return lines.size();
    }
}
