// Shows the document of this very server.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", validatorUrl: null });
