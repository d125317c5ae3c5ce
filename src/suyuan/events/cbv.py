"""Words of the Core Business Vocabulary 2.0 and of the GS1 Web Vocabulary, and the URIs they stand for.

In EPCIS 2.0 JSON a standard word is written bare (`"bizStep": "shipping"`); older documents have URNs.

    field                        word          URI
    bizStep                      shipping      https://ref.gs1.org/cbv/BizStep-shipping
    disposition                  active        https://ref.gs1.org/cbv/Disp-active
    bizTransactionList type      po            https://ref.gs1.org/cbv/BTT-po
    source/destination type      location      https://ref.gs1.org/cbv/SDT-location
    errorDeclaration reason      …             https://ref.gs1.org/cbv/ER-incorrect_data
    sensorReport component       latitude      https://ref.gs1.org/cbv/Comp-latitude
    sensorReport type, exception Temperature   https://gs1.org/voc/Temperature

Source: cbv-2.0 sections 7 and 8 (GS1), as bound by the JSON-LD context of EPCIS 2.0.

>>> URI_OF["shipping"], BARE_OF["urn:epcglobal:cbv:bizstep:shipping"]
('https://ref.gs1.org/cbv/BizStep-shipping', 'shipping')
"""

CBV = "https://ref.gs1.org/cbv/"
GS1 = "https://gs1.org/voc/"

PREFIXES = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": CBV,
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": GS1,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
"""What the standard context binds; a document may bind them to the same again."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


BIZ_STEPS = _words(
    """accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
    installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
    retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
    unloading unpacking void_shipping"""
)

DISPOSITIONS = _words(
    """active available completeness_inferred completeness_verified conformant container_closed container_open
    damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class
    mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other
    partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen
    unavailable unknown"""
)

BIZ_TRANSACTION_TYPES = _words(
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"
)

SOURCE_DEST_TYPES = ("location", "owning_party", "possessing_party")

ERROR_REASONS = ("did_not_occur", "incorrect_data")

COMPONENTS = _words(
    """altitude axial_distance azimuth easting elevation_angle height latitude longitude northing polar_angle
    spherical_radius x y z"""
)

MEASUREMENT_TYPES = _words(
    """AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance
    Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity
    ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency
    Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux
    LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate
    MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux
    RadiantIntensity Radioactivity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed
    SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction
    VolumetricFlux Wavenumber"""
)

SENSOR_ALERTS = ("ALARM_CONDITION", "ERROR_CONDITION")

BIZ_STEP_URIS = {word: f"{CBV}BizStep-{word}" for word in BIZ_STEPS}
DISPOSITION_URIS = {word: f"{CBV}Disp-{word}" for word in DISPOSITIONS}
BIZ_TRANSACTION_TYPE_URIS = {word: f"{CBV}BTT-{word}" for word in BIZ_TRANSACTION_TYPES}
SOURCE_DEST_TYPE_URIS = {word: f"{CBV}SDT-{word}" for word in SOURCE_DEST_TYPES}
ERROR_REASON_URIS = {word: f"{CBV}ER-{word}" for word in ERROR_REASONS}
COMPONENT_URIS = {word: f"{CBV}Comp-{word}" for word in COMPONENTS}
MEASUREMENT_TYPE_URIS = {word: f"{GS1}{word}" for word in MEASUREMENT_TYPES}
SENSOR_ALERT_URIS = {word: f"{GS1}{word}" for word in SENSOR_ALERTS}

URI_OF: dict[str, str] = {
    **BIZ_STEP_URIS,
    **DISPOSITION_URIS,
    **BIZ_TRANSACTION_TYPE_URIS,
    **SOURCE_DEST_TYPE_URIS,
    **ERROR_REASON_URIS,
    **COMPONENT_URIS,
    **MEASUREMENT_TYPE_URIS,
    **SENSOR_ALERT_URIS,
}
"""Every standard word; no word stands in two lists, so a bare word has one URI."""

URN_STEMS = {
    "urn:epcglobal:cbv:bizstep:": f"{CBV}BizStep-",
    "urn:epcglobal:cbv:disp:": f"{CBV}Disp-",
    "urn:epcglobal:cbv:btt:": f"{CBV}BTT-",
    "urn:epcglobal:cbv:sdt:": f"{CBV}SDT-",
    "urn:epcglobal:cbv:er:": f"{CBV}ER-",
}
"""The URNs of CBV 1.x and the stems of the Web URIs that took their place."""


def web_uri(urn: str) -> str:
    """The Web URI of a vocabulary URN of CBV 1.x; any other text stays as it is.

    >>> web_uri("urn:epcglobal:cbv:disp:in_transit"), web_uri("urn:epcglobal:cbv:bt:4012345000009:1")
    ('https://ref.gs1.org/cbv/Disp-in_transit', 'urn:epcglobal:cbv:bt:4012345000009:1')
    """
    for stem, web in URN_STEMS.items():
        if urn.startswith(stem):
            return web + urn[len(stem) :]
    return urn


BARE_OF: dict[str, str] = {uri: word for word, uri in URI_OF.items()} | {
    stem + uri[len(web) :]: word
    for stem, web in URN_STEMS.items()
    for word, uri in URI_OF.items()
    if uri.startswith(web)
}
"""The bare word of a standard URI, Web or URN."""
