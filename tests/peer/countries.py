"""What a company and its customer need before a localisation lets them invoice."""

import os
from dataclasses import dataclass, field

#: The group of the host's addons that the database has, see `dev/cohabit.txt`.
GROUP = os.environ.get("ERP_COHABIT_GROUP", "standard")


@dataclass(frozen=True)
class Country:
    """How to set up a company; values that look like `xml:module.name` are records.

    :param chart: chart of accounts, of the host's own choice if empty
    :param company: values of the company
    :param own: values of its partner
    :param partner: values of the customer
    :param number: number of a vendor's document, where its bills are numbered by hand
    """

    chart: str = ""
    company: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)
    partner: dict = field(default_factory=dict)
    number: str = ""


COUNTRIES = {
    "ar": Country(
        "ar_ri",
        company={"l10n_ar_gross_income_type": "local"},
        own={
            "l10n_ar_afip_responsibility_type_id": "xml:l10n_ar.res_IVARI",
            "l10n_latam_identification_type_id": "xml:l10n_ar.it_cuit",
            "vat": "30111111118",
            "country_id": "xml:base.ar",
        },
        partner={
            "l10n_ar_afip_responsibility_type_id": "xml:l10n_ar.res_IVARI",
            "l10n_latam_identification_type_id": "xml:l10n_ar.it_cuit",
            "vat": "30714295698",
            "country_id": "xml:base.ar",
        },
        number="1-1",
    ),
    "cl": Country(
        "cl",
        own={
            "vat": "76201224-3",
            "country_id": "xml:base.cl",
            "l10n_cl_sii_taxpayer_type": "1",
        },
        partner={
            "vat": "76086428-5",
            "country_id": "xml:base.cl",
            "l10n_latam_identification_type_id": "xml:l10n_cl.it_RUT",
            "l10n_cl_sii_taxpayer_type": "1",
        },
        number="1",
    ),
    "in": Country(
        "in",
        company={
            "state_id": "xml:base.state_in_gj",
            "vat": "24AAGCC7144L6ZE",
            "street": "Khodiyar Chowk",
            "zip": "365220",
            "l10n_in_is_gst_registered": True,
        },
        partner={
            "vat": "24ABCPM8965E1ZE",
            "state_id": "xml:base.state_in_gj",
            "country_id": "xml:base.in",
            "street": "Karansinhji Rd",
            "zip": "360001",
        },
    ),
    "es": Country("es_pymes", company={"vat": "ESA39200019"}),
    "cn": Country("cn"),
    "sa": Country("sa"),
}
COUNTRY = COUNTRIES.get(GROUP, Country())
